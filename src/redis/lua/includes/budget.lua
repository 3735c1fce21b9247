-- Exact budgets by GCRA, in whole microseconds. A bucket stores one time: when it will be full again. A charge advances
-- that time; a charge that would advance it beyond the bucket's depth is refused. So over any time T at most depth + T
-- is charged, whatever the order of the callers, and also while charge and depth change.

-- Parses a stored time. tonumber alone would also accept '0x10', 'nan' and '-1'.
local function bucket_time(value)
  return type(value) == 'string' and #value <= 16 and string.find(value, '^%d+$') and tonumber(value)
end

-- value: reply of a GET through pcall. charge and depth in microseconds, now in milliseconds. Writes nothing.
local function open_bucket(value, charge, depth, now)
  local full_at = not value and 0 or bucket_time(value)
  local bucket = { charge = charge, depth = depth, now = now * 1000, mended = false, full_at = full_at, corrupt = not full_at }
  -- An invalid time, another key type, or a time beyond an empty bucket (lowered limit, clock step): treated as empty.
  -- A full bucket would admit again what it already admitted; a permanent refusal would need an operator.
  if not bucket.full_at or bucket.full_at > bucket.now + depth then
    bucket.full_at, bucket.mended = bucket.now + depth, true
  end
  bucket.full_at = math.max(bucket.full_at, bucket.now)
  return bucket
end

local function bucket_room(bucket)
  return bucket.now + bucket.depth - bucket.full_at
end

-- Time until its charge is admitted, in microseconds; 0: now.
local function bucket_wait(bucket)
  return math.max(0, bucket.charge - bucket_room(bucket))
end

-- Expiry time of the key, in Unix milliseconds: the bucket is full by then, and a missing key is a full bucket. Not a
-- TTL, since the shard's clock may be ahead of the server's, which expires keys.
local function bucket_expiry(bucket)
  return text(math.ceil(bucket.full_at / 1000) + 60000)
end

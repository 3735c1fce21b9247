-- Exact budgets by GCRA, in whole microseconds. A bucket keeps one time: when it will be full again. A charge moves
-- that time on; one that would move it further ahead than the bucket is deep is refused. So over any time T at most
-- depth + T is charged, whatever the order of the callers, and also while charge and depth are changed.

-- A time as it is written here. tonumber alone would take '0x10', 'nan' and '-1' for one, too.
local function bucket_time(value)
  return type(value) == 'string' and #value <= 16 and string.find(value, '^%d+$') and tonumber(value)
end

-- value: what pcall answered to GET. charge and depth in microseconds, now in milliseconds. Writes nothing.
local function open_bucket(value, charge, depth, now)
  local full_at = not value and 0 or bucket_time(value)
  local bucket = { charge = charge, depth = depth, now = now * 1000, mended = false, full_at = full_at, corrupt = not full_at }
  -- No time, another type of key, or further ahead than an empty bucket (the limit was lowered, the clock stepped):
  -- it is empty. A full one would admit again what was admitted before; a refusal for good would need an operator.
  if not bucket.full_at or bucket.full_at > bucket.now + depth then
    bucket.full_at, bucket.mended = bucket.now + depth, true
  end
  bucket.full_at = math.max(bucket.full_at, bucket.now)
  return bucket
end

local function bucket_room(bucket)
  return bucket.now + bucket.depth - bucket.full_at
end

-- How long until its charge is admitted (again), in microseconds; 0: now.
local function bucket_wait(bucket)
  return math.max(0, bucket.charge - bucket_room(bucket))
end

-- When its key may go, in Unix milliseconds: it is full by then, and a missing key is a full bucket. Not a lifetime,
-- since the shard's clock may be ahead of the server's, by which keys expire.
local function bucket_expiry(bucket)
  return text(math.ceil(bucket.full_at / 1000) + 60000)
end

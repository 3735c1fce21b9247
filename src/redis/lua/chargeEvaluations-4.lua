#!lua
-- Charges evaluations to a caller's budget, all of them or none. Records at most one refusal a minute.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] bucket
-- KEYS[4] mark of a recorded refusal
-- ARGV[1] opening; [2] charge and [3] depth in microseconds; [4] event of a refusal
-- Returns {'TAKEN'} or {'EMPTY', us until this charge is admitted}
-- @include shard
-- @include write
-- @include audit
-- @include budget
local REFUSAL_MS = '60000'
local meta = open_shard()
local bucket = open_bucket(redis.pcall('GET', KEYS[3]), tonumber(ARGV[2]), tonumber(ARGV[3]), meta.tick)
local wait = bucket_wait(bucket)
if wait == 0 then bucket.full_at = bucket.full_at + bucket.charge end
if wait == 0 or bucket.mended then
  redis.call('SET', KEYS[3], text(bucket.full_at), 'PXAT', bucket_expiry(bucket))
end
if wait == 0 then return { 'TAKEN' } end
if redis.call('EXISTS', KEYS[4]) == 0 then
  append_event(meta, ARGV[4])
  redis.call('SET', KEYS[4], '1', 'PX', REFUSAL_MS)
end
return { 'EMPTY', wait }

#!lua
-- Counts a refused request. The first of its agent, bucket and minute stores the event. The event is appended after the
-- minute, by a refusal in a later minute or by the worker, whichever comes first. Until then the count is the record.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] refusals
-- KEYS[4] minutes of refusals
-- KEYS[5] agent signals
-- ARGV[1] opening; [2] agent and bucket; [3] event without its closing brace; [4] honey scopes; [5] score, as JSON;
-- ARGV[6] 1 to count a denial
-- Returns {'COUNTED', tick, 1 for the first of its minute}
-- @include shard
-- @include write
-- @include audit
-- @include refusals
-- @include signals
-- @include profile
-- @include score
local meta = open_shard()
local denied = ARGV[6] == '1' and with_denial(redis.pcall('GET', KEYS[5]), meta.tick)
if denied then redis.call('SET', KEYS[5], denied, 'PX', KEEP_MS) end
local name, tick = ARGV[2], text(meta.tick)
local minute = math.floor(meta.tick / MINUTE_MS)
local before = redis.call('ZSCORE', KEYS[4], name)
local counted = before and refusal_numbers(name)
if counted and tonumber(before) == minute then
  counted.n, counted.honey, counted.last = counted.n + 1, counted.honey + tonumber(ARGV[4]), tick
  if tonumber(ARGV[5]) > tonumber(counted.anomaly) then counted.anomaly = ARGV[5] end
  put_refusal_numbers(name, counted)
  return { 'COUNTED', meta.tick, 0 }
end
local past = before and counted_event(name)
if past then append_event(meta, past) end
redis.call('HSET', KEYS[3], 'e ' .. name, ARGV[3])
put_refusal_numbers(name, { n = 1, honey = tonumber(ARGV[4]), first = tick, last = tick, anomaly = ARGV[5] })
redis.call('ZADD', KEYS[4], text(minute), name)
return { 'COUNTED', meta.tick, 1 }

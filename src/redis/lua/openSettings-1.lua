#!lua
-- Writes the settings of a store at its first start, and raises the longest lifetime afterwards. The shard count never
-- changes; the lifetime never falls, since tokens with it may be live and revocations are kept for so long.
-- KEYS[1] settings
-- ARGV[1] shard count; [2] longest lifetime of a token, s
-- Returns {'OPEN', shard count, longest lifetime, s}; the caller compares the shard count
local shards, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
local stored = redis.call('GET', KEYS[1])
if stored then
  local settings = cjson.decode(stored)
  shards, seconds = settings.shards, math.max(settings.maxTtlSeconds, seconds)
end
local text = string.format('{"shards":%d,"maxTtlSeconds":%d}', shards, seconds)
if text ~= stored and shards == tonumber(ARGV[1]) then redis.call('SET', KEYS[1], text) end
return { 'OPEN', shards, seconds }

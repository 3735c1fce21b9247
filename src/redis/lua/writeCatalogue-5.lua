#!lua
-- Creates or replaces a resource or resource server in the control slot by compare-and-set, and leaves the intent that
-- carries the new registry generation to every shard.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] documents
-- KEYS[4] audiences
-- KEYS[5] intents
-- ARGV[1] candidate epoch; [2] id; [3] expected version (0: none yet); [4] document; [5] event; [6] intent id;
-- ARGV[7] JSON array of audiences it has now; [8] JSON array of audiences it had
-- Returns {'WRITTEN', generation}, {'CONFLICT', version} or {'AUDIENCE_TAKEN', audience}
-- @include shard
-- @include write
-- @include audit
local stored = redis.call('HGET', KEYS[3], ARGV[2])
local version = stored and cjson.decode(stored).version or 0
if version ~= tonumber(ARGV[3]) then return { 'CONFLICT', text(version) } end
local audiences = cjson.decode(ARGV[7])
for _, audience in ipairs(audiences) do
  local owner = redis.call('HGET', KEYS[4], audience)
  if owner and owner ~= ARGV[2] then return { 'AUDIENCE_TAKEN', audience } end
end
local meta = open_shard()
append_event(meta, ARGV[5])
local generation = redis.call('HINCRBY', KEYS[1], 'g:registry', 1)
redis.call('HSET', KEYS[5], ARGV[6], cjson.encode({ kind = 'generation', which = 'registry', value = generation }))
for _, audience in ipairs(cjson.decode(ARGV[8])) do redis.call('HDEL', KEYS[4], audience) end
for _, audience in ipairs(audiences) do redis.call('HSET', KEYS[4], audience, ARGV[2]) end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[4])
return { 'WRITTEN', generation }

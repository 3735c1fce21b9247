#!lua flags=allow-oom
-- Replaces the policy document by compare-and-set on its version. When the deciding bundle changed, writes the intent
-- that carries the new generation to every shard.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] policy document
-- KEYS[4] intents
-- ARGV[1] opening; [2] expected version (0: none yet); [3] document; [4] events, a JSON array, or '';
-- ARGV[5] intent id; [6] generation to raise to, or '' when it stays
-- Returns {'WRITTEN'} or {'CONFLICT'}
-- @include shard
-- @include write
-- @include audit
local stored = redis.call('GET', KEYS[3])
local version = stored and cjson.decode(stored).version or 0
if version ~= tonumber(ARGV[2]) then return { 'CONFLICT' } end
local meta = open_shard()
if ARGV[4] ~= '' then append_event(meta, ARGV[4]) end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[4], ARGV[5], cjson.encode({ kind = 'generation', which = 'policy', value = tonumber(ARGV[6]) }))
  redis.call('HSET', KEYS[1], 'g:policy', ARGV[6])
end
redis.call('SET', KEYS[3], ARGV[3])
return { 'WRITTEN' }

#!lua flags=allow-oom
-- Replaces the keyring by compare-and-set on its generation, and writes the intent that carries it to every shard.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] keyring
-- KEYS[4] intents
-- ARGV[1] opening; [2] expected generation (0: none yet); [3] document; [4] events, a JSON array, or '';
-- ARGV[5] intent id
-- Returns {'WRITTEN', generation} or {'CONFLICT'}
-- @include shard
-- @include write
-- @include audit
local stored = redis.call('GET', KEYS[3])
local generation = stored and cjson.decode(stored).generation or 0
if generation ~= tonumber(ARGV[2]) then return { 'CONFLICT' } end
local meta = open_shard()
if ARGV[4] ~= '' then append_event(meta, ARGV[4]) end
local next_generation = cjson.decode(ARGV[3]).generation
redis.call('HSET', KEYS[4], ARGV[5], cjson.encode({ kind = 'generation', which = 'keyring', value = next_generation }))
redis.call('HSET', KEYS[1], 'g:keyring', text(next_generation))
redis.call('SET', KEYS[3], ARGV[3])
return { 'WRITTEN', next_generation }

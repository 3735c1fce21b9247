#!lua flags=allow-oom
-- Records what is about to be applied to every shard, with its event, before any shard has it.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] intents
-- ARGV[1] candidate epoch; [2] intent id; [3] intent, a JSON object without order; [4] event
-- Returns {'WRITTEN', order}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
append_event(meta, ARGV[4])
local intent = cjson.decode(ARGV[3])
intent.order = redis.call('HINCRBY', KEYS[1], 'order', 1)
redis.call('HSET', KEYS[3], ARGV[2], cjson.encode(intent))
return { 'WRITTEN', intent.order }

#!lua flags=allow-oom
-- Records a change for every shard, with its event, before it is applied to any shard.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] intents
-- ARGV[1] opening; [2] intent id; [3] intent, a JSON object without order; [4] event
-- Returns {'WRITTEN', order}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
append_event(meta, ARGV[4])
local intent = cjson.decode(ARGV[3])
-- Never below the clock: shards would take an order that went back with a lost control slot for an old one.
local last = tonumber(redis.call('HGET', KEYS[1], 'order') or '0')
intent.order = math.max(last + 1, meta.tick)
redis.call('HSET', KEYS[1], 'order', text(intent.order))
redis.call('HSET', KEYS[3], ARGV[2], cjson.encode(intent))
return { 'WRITTEN', intent.order }

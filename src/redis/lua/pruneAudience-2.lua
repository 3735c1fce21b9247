#!lua flags=allow-oom
-- Removes former holders of one audience who lost it so long ago that all their tokens have expired.
-- KEYS[1] control meta
-- KEYS[2] audience holders
-- ARGV[1] opening; [2] key; [3] how long former holders are remembered, ms
-- Returns {'PRUNED'}
-- @include shard
-- @include audiences
local entry = decode_audience(redis.call('HGET', KEYS[2], ARGV[2]))
local kept = encode_audience(entry, read_meta(ARGV[1]).tick - tonumber(ARGV[3]))
if kept == '' then redis.call('HDEL', KEYS[2], ARGV[2]) else redis.call('HSET', KEYS[2], ARGV[2], kept) end
return { 'PRUNED' }

#!lua flags=allow-oom
-- Deletes one field of the revocations unless it changed since it was read.
-- KEYS[1] shard meta
-- KEYS[2] revocations
-- ARGV[1] opening; [2] field; [3] value read
-- Returns {'PRUNED'} or {'CHANGED'}
if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[3] then return { 'CHANGED' } end
redis.call('HDEL', KEYS[2], ARGV[2])
return { 'PRUNED' }

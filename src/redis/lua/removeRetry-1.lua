#!lua flags=allow-oom
-- Removes a completed request to retry a delivery, unless the request changed since it was read.
-- KEYS[1] retry requests
-- ARGV[1] delivery id; [2] value read
-- Returns {'REMOVED'} or {'CHANGED'}
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return { 'CHANGED' } end
redis.call('HDEL', KEYS[1], ARGV[1])
return { 'REMOVED' }

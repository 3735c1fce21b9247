#!lua flags=allow-oom
-- Removes a request to retry a delivery that was carried out, if it is still the one that was read.
-- KEYS[1] retry requests
-- ARGV[1] delivery id; [2] value read
-- Returns {'REMOVED'} or {'CHANGED'}
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return { 'CHANGED' } end
redis.call('HDEL', KEYS[1], ARGV[1])
return { 'REMOVED' }

#!lua flags=allow-oom
-- Raises one of the shard's copies of the generations; never lowers it.
-- KEYS[1] shard meta
-- ARGV[1] candidate epoch; [2] 'registry', 'policy' or 'keyring'; [3] value
-- Returns {'RAISED'}
-- @include shard
-- @include write
local meta = open_shard()
if meta[ARGV[2]] < tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], 'g:' .. ARGV[2], ARGV[3]) end
return { 'RAISED' }

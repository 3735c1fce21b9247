#!lua flags=allow-oom
-- Raises one of the shard's copies of the generations, which never decrease, and atomically the floors of what the
-- change removed.
-- KEYS[1] shard meta
-- KEYS[2] revocations
-- ARGV[1] opening; [2] 'registry', 'policy' or 'keyring'; [3] value; [4] JSON array of {field, rev_id}
-- Returns {'RAISED'}
-- @include shard
-- @include write
-- @include floor
local meta = open_shard()
for _, floor in ipairs(cjson.decode(ARGV[4])) do 
  local value = raised_floor(redis.call('HGET', KEYS[2], floor[1]), meta, floor[2])
  if value then redis.call('HSET', KEYS[2], floor[1], value) end
end
if meta[ARGV[2]] < tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], 'g:' .. ARGV[2], ARGV[3]) end
return { 'RAISED' }

#!lua flags=allow-oom
-- Replaces the limits that were put through the admin API, while what is stored is what was read.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] limits
-- ARGV[1] candidate epoch; [2] what was read: 'none', 'other_type' or the SHA-1 of it; [3] document; [4] event
-- Returns {'WRITTEN'} or {'CONFLICT'}
-- @include shard
-- @include write
-- @include audit
-- Not read as JSON: whatever is there, also another type of key, can be replaced.
local function found()
  local kind = redis.call('TYPE', KEYS[3]).ok
  if kind == 'none' then return 'none' end
  if kind ~= 'string' then return 'other_type' end
  return redis.sha1hex(redis.call('GET', KEYS[3]))
end

if found() ~= ARGV[2] then return { 'CONFLICT' } end
local meta = open_shard()
append_event(meta, ARGV[4])
redis.call('SET', KEYS[3], ARGV[3])
return { 'WRITTEN' }

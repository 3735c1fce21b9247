#!lua flags=allow-oom
-- Replaces the limits of the admin API by compare-and-set on the stored value.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] limits
-- ARGV[1] opening; [2] basis read: 'none', 'other_type' or the SHA-1 of the value; [3] document; [4] event
-- Returns {'WRITTEN'} or {'CONFLICT'}
-- @include shard
-- @include write
-- @include audit
-- Not parsed as JSON: any stored value can be replaced, also a key of another type.
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

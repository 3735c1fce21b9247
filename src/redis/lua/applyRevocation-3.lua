#!lua flags=allow-oom
-- Applies a floor or a permanent membership to one shard. Idempotent, and safe in any order: floors only rise, and
-- "deny until lifted" follows the newest order. A lift raises nothing.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] revocations
-- ARGV[1] opening; [2] field; [3] 'floor', 'permanent' or 'lift'; [4] deny 1 or 0; [5] order; [6] rev_id;
-- ARGV[7] event, or '' when it is recorded elsewhere
-- Returns {'APPLIED'}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
local current = redis.call('HGET', KEYS[3], ARGV[2])
if current and string.find(current, '|' .. ARGV[6], 1, true) and ARGV[3] ~= 'lift' then return { 'APPLIED' } end
if ARGV[7] ~= '' then append_event(meta, ARGV[7]) end
if ARGV[3] == 'permanent' then
  redis.call('HSET', KEYS[3], ARGV[2], 'P|' .. text(meta.tick) .. '|' .. ARGV[6])
  return { 'APPLIED' }
end

local floor, deny, order = '0', '0', '0'
if current then floor, deny, order = string.match(current, '^F|(%d+)|([01])|(%d+)|') end
if ARGV[3] == 'floor' then floor = text(meta.seq) end
if ARGV[4] == '1' or ARGV[3] == 'lift' then
  -- An older lift that arrives late must not undo a newer denial.
  if tonumber(ARGV[5]) > tonumber(order) then
    deny, order = (ARGV[3] == 'lift') and '0' or '1', ARGV[5]
  end
end
redis.call('HSET', KEYS[3], ARGV[2],
  table.concat({ 'F', floor, deny, order, text(meta.tick), ARGV[6] }, '|'))
return { 'APPLIED' }

#!lua
-- Records a permitted evaluation, unless state has changed or a revocation arrived since the gather: the checks of
-- commit, without a grant.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] revocations
-- KEYS[4] agent record
-- ARGV[1] opening; [2] registry, [3] policy, [4] keyring generation; [5] agent version;
-- ARGV[6] token record the permit would have; [7] event
-- Returns {'RECORDED'} or {'MOVED'} or {'REVOKED', field}
-- @include shard
-- @include write
-- @include audit
-- @include predicate
local meta = read_meta(ARGV[1])
if meta.doubt then return clock_refusal(meta) end
open_shard(meta)
local record = cjson.decode(ARGV[6])
if meta.registry ~= tonumber(ARGV[2]) or meta.policy ~= tonumber(ARGV[3]) or meta.keyring ~= tonumber(ARGV[4]) then
  return { 'MOVED' }
end
local agent = redis.call('HMGET', KEYS[4], 'status', 'version')
if agent[1] ~= 'active' or agent[2] ~= ARGV[5] then return { 'MOVED' } end
local why, field = why_inactive(record, record.h, meta.epoch, meta.tick)
if why == 'revoked' then return { 'REVOKED', field } end
if why then return { 'MOVED' } end
append_event(meta, ARGV[7])
return { 'RECORDED' }

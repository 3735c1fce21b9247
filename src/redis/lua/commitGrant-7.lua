#!lua
-- Writes a grant and its token unless state has changed or a revocation arrived since the gather. Audit first, token
-- last.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] revocations
-- KEYS[4] agent record
-- KEYS[5] token record
-- KEYS[6] grant record
-- KEYS[7] expiry set
-- ARGV[1] opening; [2] registry, [3] policy, [4] keyring generation; [5] agent version;
-- ARGV[6] token record; [7] sha256; [8] grant record; [9] event; [10] expiry member; [11] keep after expiry ms
-- Returns {status} or {'REVOKED', field} or {'MOVED', what} or {'REFUSED', why}
-- @include shard
-- @include write
-- @include audit
-- @include predicate
local meta = read_meta(ARGV[1])
if meta.doubt then return clock_refusal(meta) end
open_shard(meta)
local record = cjson.decode(ARGV[6])

local known = redis.call('GET', KEYS[5])
if known then
  -- A retry after a lost answer: a token is committed once.
  if cjson.decode(known).h == ARGV[7] then return { 'COMMITTED' } end
  return { 'REFUSED', 'jti' }
end
if record.e ~= meta.epoch then return { 'MOVED', 'epoch' } end
if meta.registry ~= tonumber(ARGV[2]) or meta.policy ~= tonumber(ARGV[3]) or meta.keyring ~= tonumber(ARGV[4]) then
  return { 'MOVED', 'generation' }
end
local agent = redis.call('HMGET', KEYS[4], 'status', 'version')
if agent[1] ~= 'active' or agent[2] ~= ARGV[5] then return { 'MOVED', 'agent' } end
local why, field = why_inactive(record, ARGV[7], meta.epoch, meta.tick)
if why == 'revoked' then return { 'REVOKED', field } end
if why then return { 'REFUSED', why } end

append_event(meta, ARGV[9])
redis.call('ZADD', KEYS[7], text(record.x), ARGV[10])
redis.call('SET', KEYS[6], ARGV[8])
redis.call('SET', KEYS[5], ARGV[6], 'PX', text(record.x - meta.tick + tonumber(ARGV[11])))
return { 'COMMITTED' }

#!lua flags=allow-oom
-- Revokes one token for good, and overwrites its record.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] revocations
-- KEYS[4] token record
-- KEYS[5] agent record
-- ARGV[1] opening; [2] field; [3] rev_id; [4] event; [5] agent version, or '' when an operator revokes
-- Returns {'REVOKED'} or {'AGENT_CHANGED'}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
if ARGV[5] ~= '' then
  local agent = redis.call('HMGET', KEYS[5], 'status', 'version')
  if not agent[1] or agent[2] ~= ARGV[5] then return { 'AGENT_CHANGED' } end
end
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 1 then return { 'REVOKED' } end
append_event(meta, ARGV[4])
redis.call('HSET', KEYS[3], ARGV[2], 'P|' .. text(meta.tick) .. '|' .. ARGV[3])
local stored = redis.call('GET', KEYS[4])
if stored then
  local record = cjson.decode(stored)
  record.s = 'revoked'
  redis.call('SET', KEYS[4], cjson.encode(record), 'KEEPTTL')
end
return { 'REVOKED' }

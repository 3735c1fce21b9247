#!lua
-- Keeps a request to retry a delivery until the worker has carried it out, with its event.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] retry requests
-- ARGV[1] candidate epoch; [2] delivery id; [3] event; [4] most requests; [5] milliseconds they are kept
-- Returns {'REQUESTED'} or {'FULL'}
-- @include shard
-- @include write
-- @include audit
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 0 and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[4]) then
  return { 'FULL' }
end
local meta = open_shard()
append_event(meta, ARGV[3])
-- A request that is asked for again has another value, so that the worker does not remove it with the one it read.
redis.call('HSET', KEYS[3], ARGV[2], text(meta.seq))
redis.call('PEXPIRE', KEYS[3], ARGV[5])
return { 'REQUESTED' }

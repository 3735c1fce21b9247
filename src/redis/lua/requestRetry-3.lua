#!lua
-- Stores a request to retry a delivery, with its event, until the worker has carried it out.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] retry requests
-- ARGV[1] opening; [2] delivery id; [3] event; [4] maximum number of requests; [5] retention in milliseconds
-- Returns {'REQUESTED'} or {'FULL'}
-- @include shard
-- @include write
-- @include audit
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 0 and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[4]) then
  return { 'FULL' }
end
local meta = open_shard()
append_event(meta, ARGV[3])
-- A repeated request gets a new value, so that the worker does not remove it together with the one it read.
redis.call('HSET', KEYS[3], ARGV[2], text(meta.seq))
redis.call('PEXPIRE', KEYS[3], ARGV[5])
return { 'REQUESTED' }

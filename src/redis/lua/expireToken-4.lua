#!lua flags=allow-oom
-- Records the expiry of a token and removes its grant. Idempotent by the expiry set. The token record expires by its
-- TTL.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] expiry set
-- KEYS[4] grant record
-- ARGV[1] opening; [2] member; [3] event
-- Returns {'EXPIRED'}, {'GONE'} or {'LIVING'}
-- @include shard
-- @include write
-- @include audit
local due = redis.call('ZSCORE', KEYS[3], ARGV[2])
if not due then return { 'GONE' } end
if read_meta(ARGV[1]).tick < tonumber(due) then return { 'LIVING' } end
local meta = open_shard()
append_event(meta, ARGV[3])
redis.call('DEL', KEYS[4])
redis.call('ZREM', KEYS[3], ARGV[2])
return { 'EXPIRED' }

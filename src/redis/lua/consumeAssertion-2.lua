#!lua
-- Consumes a client assertion, once. An assertion issued before the epoch began is refused: its record may be lost.
-- KEYS[1] shard meta
-- KEYS[2] assertion record
-- ARGV[1] opening; [2] issued at ms; [3] expires at ms
-- Returns {'CONSUMED'} or {'REFUSED'}
-- @include shard
-- @include write
local meta = open_shard()
if not meta.epoch_began or tonumber(ARGV[2]) < meta.epoch_began then return { 'REFUSED' } end
local keep = math.max(1000, tonumber(ARGV[3]) - meta.tick + 60000)
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', text(keep)) then return { 'REFUSED' } end
return { 'CONSUMED' }

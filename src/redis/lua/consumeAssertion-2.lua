#!lua
-- Consumes a client assertion, once. One that is issued far ahead of the clock is refused. So is one from before the
-- epoch began or soon after: its record may be lost, as it can have been used that long before it was issued.
-- KEYS[1] shard meta
-- KEYS[2] assertion record
-- ARGV[1] opening; [2] issued at ms; [3] expires at ms; [4] how far ahead it may be issued, ms
-- Returns {'CONSUMED'} or {'REFUSED'} or {'EARLY', ms until a new one is accepted}
-- @include shard
-- @include write
local meta = open_shard()
local issued, ahead = tonumber(ARGV[2]), tonumber(ARGV[4])
-- In doubt, when only revocations run, either clock may be the right one, but not a tick that is ahead of both.
if issued > (meta.doubt and math.max(meta.time, meta.node) or meta.tick) + ahead then return { 'REFUSED' } end
if not meta.epoch_began then return { 'EARLY', ahead } end
local from = meta.epoch_began + ahead
if issued < from then return { 'EARLY', math.max(0, from - meta.tick) } end
-- From the lower clock: a tick that is ahead must not shorten the record of use.
local keep = math.max(1000, tonumber(ARGV[3]) - meta.lower + 60000)
if not redis.call('SET', KEYS[2], '1', 'NX', 'PX', text(keep)) then return { 'REFUSED' } end
return { 'CONSUMED' }

#!lua
-- Appends an event, or a batch of events as one entry.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- ARGV[1] opening; [2] event or array of events
-- Returns {'RECORDED', tick}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
append_event(meta, ARGV[2])
return { 'RECORDED', meta.tick }

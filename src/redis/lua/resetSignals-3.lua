#!lua flags=allow-oom
-- Forgets what was learned of an agent, whatever is stored there; its budgets stay. Nothing is left to forget twice.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] agent signals
-- ARGV[1] candidate epoch; [2] event
-- Returns {'RESET'}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
append_event(meta, ARGV[2])
redis.call('DEL', KEYS[3])
return { 'RESET' }

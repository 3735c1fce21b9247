#!lua flags=allow-oom
-- Deletes an agent's signal state, whatever its form; its budgets stay. Idempotent.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] agent signals
-- ARGV[1] opening; [2] event
-- Returns {'RESET'}
-- @include shard
-- @include write
-- @include audit
local meta = open_shard()
append_event(meta, ARGV[2])
redis.call('DEL', KEYS[3])
return { 'RESET' }

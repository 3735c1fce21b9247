#!lua
-- Draws the shard's epoch if the server identity is new, and returns the shard's epoch, tick and generations.
-- KEYS[1] shard meta
-- ARGV[1] opening
-- Returns {'OPEN', epoch, tick, registry, policy, keyring}
-- @include shard
-- @include write
local meta = open_shard()
return { 'OPEN', meta.epoch, meta.tick, meta.registry, meta.policy, meta.keyring }

#!lua flags=allow-oom
-- Replaces the limits that were put through the admin API, by compare-and-set on their version.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] limits
-- ARGV[1] candidate epoch; [2] expected version (0: none yet); [3] document; [4] event
-- Returns {'WRITTEN'} or {'CONFLICT'}
-- @include shard
-- @include write
-- @include audit
-- A document that cannot be read has no version: putting a new one must not need it.
local stored = redis.call('GET', KEYS[3])
local readable, document = pcall(cjson.decode, stored or '{}')
local version = readable and type(document) == 'table' and tonumber(document.version) or 0
if version ~= tonumber(ARGV[2]) then return { 'CONFLICT' } end
local meta = open_shard()
append_event(meta, ARGV[4])
redis.call('SET', KEYS[3], ARGV[3])
return { 'WRITTEN' }

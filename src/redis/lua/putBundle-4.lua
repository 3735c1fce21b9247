#!lua
-- Stores a bundle by its digest, once: an existing bundle is left unchanged. The record is written last, so that it
-- never names a missing archive.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] bundle records
-- KEYS[4] archive of this digest
-- ARGV[1] opening; [2] digest; [3] record; [4] archive; [5] events, a JSON array, or ''
-- Returns {'PUT'} or {'KNOWN'}
-- @include shard
-- @include write
-- @include audit
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 1 and redis.call('EXISTS', KEYS[4]) == 1 then return { 'KNOWN' } end
local meta = open_shard()
if ARGV[5] ~= '' then append_event(meta, ARGV[5]) end
redis.call('SET', KEYS[4], ARGV[4])
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
return { 'PUT' }

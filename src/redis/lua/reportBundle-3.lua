#!lua
-- Stores the reports of a bundle next to its record. Reports of an unknown bundle are dropped.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] bundle records
-- ARGV[1] opening; [2] digest; [3] admission report or ''; [4] replay summary or ''; [5] events or ''
-- Returns {'REPORTED'} or {'UNKNOWN'}
-- @include shard
-- @include write
-- @include audit
if redis.call('HEXISTS', KEYS[3], ARGV[2]) == 0 then return { 'UNKNOWN' } end
local meta = open_shard()
if ARGV[5] ~= '' then append_event(meta, ARGV[5]) end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[3], ARGV[2] .. ':report', ARGV[3]) end
if ARGV[4] ~= '' then redis.call('HSET', KEYS[3], ARGV[2] .. ':replay', ARGV[4]) end
return { 'REPORTED' }

#!lua
-- Records a decision that ends without a token, and counts a denial.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] agent signals
-- ARGV[1] opening; [2] event; [3] 1 to count a denial
-- Returns {'RECORDED'}
-- @include shard
-- @include write
-- @include audit
-- @include signals
-- @include profile
-- @include score
local meta = open_shard()
append_event(meta, ARGV[2])
local denied = ARGV[3] == '1' and with_denial(redis.pcall('GET', KEYS[3]), meta.tick)
if denied then redis.call('SET', KEYS[3], denied, 'PX', KEEP_MS) end
return { 'RECORDED' }

#!lua
-- Notes that a client secret was used, at most once a minute. It grants nothing, so it needs no epoch.
-- KEYS[1] last use of the secret, in Unix milliseconds
-- ARGV[1] how long it is remembered, ms
-- Returns {'NOTED'} or {'KEPT'}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local last = tonumber(redis.call('GET', KEYS[1]) or '0') or 0
if now - last < 60000 and now >= last then return { 'KEPT' } end
redis.call('SET', KEYS[1], string.format('%.0f', now), 'PX', ARGV[1])
return { 'NOTED' }

#!lua flags=allow-oom
-- Appends the events of counts from past minutes as one entry, and removes the counts, which frees their memory.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] refusals
-- KEYS[4] minutes of refusals
-- ARGV[1] opening; [2] maximum number of counts to close
-- Returns {'CLOSED', how many}
-- @include shard
-- @include write
-- @include audit
-- @include refusals
local minute = math.floor(read_meta(ARGV[1]).tick / MINUTE_MS)
local due = redis.call('ZRANGE', KEYS[4], '-inf', text(minute - 1), 'BYSCORE', 'LIMIT', 0, ARGV[2])
-- A minute of the future was counted before a reset of the clock.
if #due == 0 then due = redis.call('ZRANGE', KEYS[4], '(' .. text(minute), '+inf', 'BYSCORE', 'LIMIT', 0, ARGV[2]) end
if #due == 0 then return { 'CLOSED', 0 } end
local meta = open_shard()
local events = {}
for _, name in ipairs(due) do
  local event = counted_event(name)
  if event then events[#events + 1] = event end
end
if #events == 1 then append_event(meta, events[1]) end
if #events > 1 then append_event(meta, '[' .. table.concat(events, ',') .. ']') end
for _, name in ipairs(due) do forget_refusal(name) end
return { 'CLOSED', #due }

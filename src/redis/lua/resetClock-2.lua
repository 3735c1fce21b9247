#!lua flags=allow-oom
-- Sets a tick that is ahead back to TIME, with a new epoch: every token of the shard becomes inactive. The ids of the
-- stream stay at the former time until the clock has passed it. Does nothing in a shard with a trusted tick.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- ARGV[1] opening; [2] event, its detail an object
-- Returns {'RESET', ms it was ahead} or {'KEPT'}; {'CLOCK', …} while TIME and the node's clock differ
-- @include shard
-- @include write
-- @include audit
local meta = read_meta(ARGV[1])
if meta.doubt == 'skew' then return clock_refusal(meta) end

-- Also of a stream without entries. Ahead of the tick when the tick was removed by hand.
local function last_id_ms()
  if redis.call('EXISTS', KEYS[2]) == 0 then return 0 end
  local info = redis.call('XINFO', 'STREAM', KEYS[2])
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return tonumber(string.match(info[i + 1], '^%d+')) end
  end
  return 0
end

local last = last_id_ms()
if not meta.doubt and last <= math.max(meta.tick, meta.id_floor) then return { 'KEPT' } end
local ahead = math.max(meta.tick, last) - meta.lower
-- Above the last id, whose sequence may be higher than the next one when the meta was removed by hand.
meta.id_floor = math.max(meta.tick, last + 1, meta.id_floor)
meta.epoch, meta.tick, meta.seq = string.match(ARGV[1], '^%x+'), meta.lower, meta.seq + 1
redis.call('HSET', KEYS[1], 'identity', server_identity(server_info()), 'epoch', meta.epoch,
  'epoch_began', text(meta.tick), 'tick', text(meta.tick), 'seq', text(meta.seq), 'id_floor', text(meta.id_floor))
local event = cjson.decode(ARGV[2])
event.detail.ahead_ms = ahead
append_event(meta, cjson.encode(event))
return { 'RESET', ahead }

#!lua
-- Counts one request of an agent and answers all that deciding on it needs, in one step.
-- KEYS[1] shard meta
-- KEYS[2] agent record
-- KEYS[3] agent signals
-- KEYS[4] agent bucket
-- KEYS[5] agent and resource bucket
-- ARGV[1] candidate epoch; [2] agent version; [3] count 1 or 0, 2 to see what counting shows and keep nothing;
-- ARGV[4..5] interval in microseconds and burst of the agent; [6..7] of agent and resource;
-- ARGV[8] scope items, [9] resource item (Bloom positions)
-- Returns {status, epoch, basis, tick, registry, policy, keyring, agent status, requests 10m, 2h, denials, new scopes,
-- new resources, new now, empty bucket 0|1|2, remaining, retry after us, reset us, tighter bucket 1|2}
-- @include shard
-- @include write
-- @include signals
local agent = redis.call('HMGET', KEYS[2], 'status', 'version')
if not agent[1] or agent[2] ~= ARGV[2] then return { 'AGENT_CHANGED' } end

local meta = open_shard()
local counted, kept = ARGV[3] ~= '0', ARGV[3] ~= '2'

-- GCRA in whole microseconds: at most burst at once, and burst + time / interval over any time.
local function bucket(key_value, interval, burst)
  local now = meta.tick * 1000
  local tat = math.max(tonumber(key_value or '0'), now)
  local next_tat = counted and tat + interval or tat
  local room = burst * interval - (next_tat - now)
  return { ok = not counted or room >= 0, tat = next_tat, interval = interval,
    remaining = math.max(0, math.floor(room / interval)), wait = math.max(0, -room), reset = (room < 0 and tat or next_tat) - now }
end

local own = bucket(redis.call('GET', KEYS[4]), tonumber(ARGV[4]), tonumber(ARGV[5]))
local pair = bucket(redis.call('GET', KEYS[5]), tonumber(ARGV[6]), tonumber(ARGV[7]))
local empty = (not own.ok and 1) or (not pair.ok and 2) or 0
if counted and kept and empty == 0 then
  -- Kept longer than the bucket is not full, or it would refill early.
  redis.call('SET', KEYS[4], text(own.tat), 'PX', text(math.ceil(own.reset / 1000) + 60000))
  redis.call('SET', KEYS[5], text(pair.tat), 'PX', text(math.ceil(pair.reset / 1000) + 60000))
end

local state = load_signals(redis.call('GET', KEYS[3]), meta.tick)
turn_filters(state, meta.tick)
local fresh_scopes = counted and add_items(state, ARGV[8]) or 0
local fresh_resources = counted and add_items(state, ARGV[9]) or 0
local one = counted and 1 or 0
local sums = { turn(state, 'r10', meta.tick, one), turn(state, 'r2h', meta.tick, one), turn(state, 'd60', meta.tick, 0),
  turn(state, 's60', meta.tick, fresh_scopes), turn(state, 't60', meta.tick, fresh_resources) }
-- Kept for the second gather of the same request, which must not count again.
if counted then state[FRESH] = fresh_scopes + fresh_resources end
if kept then redis.call('SET', KEYS[3], cmsgpack.pack(state), 'PX', text(KEEP_MS)) end

local tight = (empty == 2 or (empty == 0 and pair.remaining < own.remaining)) and pair or own
return { 'GATHERED', meta.epoch, meta.seq, meta.tick, meta.registry, meta.policy, meta.keyring, agent[1],
  sums[1], sums[2], sums[3], sums[4], sums[5], state[FRESH], empty, tight.remaining, tight.wait, tight.reset,
  tight == pair and 2 or 1 }

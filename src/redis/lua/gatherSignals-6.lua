#!lua
-- Counts one request of an agent and answers all that deciding on it needs, in one step.
-- KEYS[1] shard meta
-- KEYS[2] agent record
-- KEYS[3] agent signals
-- KEYS[4] agent bucket
-- KEYS[5] agent and resource bucket
-- KEYS[6] revocations
-- ARGV[1] candidate epoch; [2] agent version; [3] count 1 or 0, 2 to see what counting shows and keep nothing;
-- ARGV[4..5] interval in microseconds and burst of the agent; [6..7] of agent and resource;
-- ARGV[8] scope items, [9] resource item, [10] client item or '' (positions in the filters); [11] honey scopes asked for;
-- ARGV[12..15] prior of the agent's class; [16..] fields of KEYS[6] about the agent, its session, task and user
-- Returns {status, epoch, basis, tick, registry, policy, keyring, agent status, requests 10m, 2h, denials, new scopes,
-- new resources, new now, empty bucket 0|1|2, remaining, retry after us, reset us, tighter bucket 1|2, anomaly,
-- learning 0|1, why the state was begun anew or '', then of each term that counts: 'number value expected score'}
-- @include shard
-- @include write
-- @include signals
-- @include profile
-- @include score
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

-- The latest revocation of what this request says it is for; a floor keeps when it was raised in its fifth part.
local revoked_ms = 0
for _, cover in ipairs(redis.call('HMGET', KEYS[6], unpack(ARGV, 16))) do
  local raised = cover and string.match(cover, '^F|%d+|[01]|%d+|(%d+)|')
  if raised then revoked_ms = math.max(revoked_ms, tonumber(raised)) end
end

local prior = { tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14]), tonumber(ARGV[15]) }
local state, rebuilt, counts, terms = observe_packed(redis.pcall('GET', KEYS[3]), prior, { n = counted and 1 or 0, d = 0, scopes = counted and ARGV[8] or '',
  resource = counted and ARGV[9] or '', client = counted and ARGV[10] or '', honey = counted and tonumber(ARGV[11]) or 0,
  misuse = 0, revoked_ms = revoked_ms }, meta.tick)
-- A score that is no number denies; what it came from is not gone on with, and the next request says so.
if counts.anomaly ~= counts.anomaly then
  if kept then redis.call('SET', KEYS[3], NO_NUMBER, 'PX', text(KEEP_MS)) end
  return { 'NOT_A_NUMBER' }
end
-- Kept for the second gather of the same request, which must not count again.
if counted then state[FRESH] = counts.fresh end
if kept then redis.call('SET', KEYS[3], cmsgpack.pack(state), 'PX', text(KEEP_MS)) end

local tight = (empty == 2 or (empty == 0 and pair.remaining < own.remaining)) and pair or own
local reply = { 'GATHERED', meta.epoch, meta.seq, meta.tick, meta.registry, meta.policy, meta.keyring, agent[1],
  counts.n10, counts.n2h, counts.d60, counts.s60, counts.t60, state[FRESH], empty, tight.remaining, tight.wait,
  tight.reset, tight == pair and 2 or 1, string.format('%.17g', counts.anomaly), counts.learning and 1 or 0, rebuilt }
for term = 1, TERM_COUNT do
  if terms[term * 3] >= TERM_SHOWN then
    reply[#reply + 1] = string.format('%d %.6g %.6g %.6g', term, terms[term * 3 - 2], terms[term * 3 - 1], terms[term * 3])
  end
end
return reply

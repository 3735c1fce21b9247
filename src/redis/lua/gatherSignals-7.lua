#!lua
-- Counts one request of an agent and returns all the state that its decision needs, in one step.
-- KEYS[1] shard meta
-- KEYS[2] agent record
-- KEYS[3] agent signals
-- KEYS[4] agent bucket
-- KEYS[5] agent and resource bucket
-- KEYS[6] revocations
-- KEYS[7] the agent's last request
-- ARGV[1] opening; [2] agent version; [3] count 1 or 0, 2 for a dry run that stores nothing;
-- ARGV[4..5] charge and depth of the agent's bucket in microseconds, a charge of 0 leaves it alone; [6..7] of agent and resource;
-- ARGV[8] scope items, [9] resource item (each four times a byte of the filters, and a bit); [10] honey scopes
-- requested;
-- ARGV[11..14] prior of the agent's class; [15] digest of resource, scopes and client, or '' for none; [16]
-- letter of the authentication method; [17..] fields of KEYS[6] about the agent, its session, task and user
-- Returns {status, epoch, basis, lower of tick and TIME, registry, policy, keyring, agent status,
-- requests 10m, 2h, denials, new scopes,
-- new resources, new now, empty bucket 0|1|2, room in the tighter bucket us, us until this request is admitted, reset
-- us,
-- tighter bucket 1|2, anomaly in 1e-15, learning 0|1, why the state or a bucket was reset or '', 1 for
-- a repetition by another method, then of each counted
-- term its number and, in 1e-9, value, expected, score}
-- @include shard
-- @include write
-- @include budget
-- @include signals
-- @include profile
-- @include score
local REPEATED_MS = '2000'
local agent = redis.call('HMGET', KEYS[2], 'status', 'version')
if not agent[1] or agent[2] ~= ARGV[2] then return { 'AGENT_CHANGED' } end

-- Returns the stored epoch: a commit under another epoch is refused.
local meta = read_meta(ARGV[1])
if meta.doubt then return clock_refusal(meta) end
pass_shard(meta)
local counted, kept = ARGV[3] ~= '0', ARGV[3] ~= '2'

local own = open_bucket(redis.pcall('GET', KEYS[4]), tonumber(ARGV[4]), tonumber(ARGV[5]), meta.tick)
local pair = open_bucket(redis.pcall('GET', KEYS[5]), tonumber(ARGV[6]), tonumber(ARGV[7]), meta.tick)
local empty = 0
if counted and max(bucket_wait(own), bucket_wait(pair)) > 0 then
  empty = bucket_wait(pair) > bucket_wait(own) and 2 or 1
end
-- A request that one bucket refuses is charged to neither.
if counted and empty == 0 then
  own.full_at, pair.full_at = own.full_at + own.charge, pair.full_at + pair.charge
end
-- A repaired bucket is stored, too: a corrupt one that is replaced by an empty one at each look would never fill.
if kept and (own.mended or counted and empty == 0 and own.charge > 0) then
  redis.call('SET', KEYS[4], text(own.full_at), 'PXAT', bucket_expiry(own))
end
if kept and (pair.mended or counted and empty == 0 and pair.charge > 0) then
  redis.call('SET', KEYS[5], text(pair.full_at), 'PXAT', bucket_expiry(pair))
end
local tight, retry_us = own, max(bucket_wait(own), bucket_wait(pair))
if empty == 2 or empty == 0 and bucket_room(pair) / pair.charge < bucket_room(own) / own.charge then tight = pair end

-- The latest revocation that covers the request's agent or declared context; a floor stores its time in the fifth part.
-- One of the future was written before a reset of the clock.
local revoked_ms = 0
for _, cover in ipairs(redis.call('HMGET', KEYS[6], unpack(ARGV, 17))) do
  local raised = cover and string.match(cover, '^F|%d+|[01]|%d+|(%d+)|')
  if raised and tonumber(raised) <= meta.tick then revoked_ms = max(revoked_ms, tonumber(raised)) end
end

-- A library that tries both methods of a secret, or a question before its request: honey and denials count once. Each
-- method repeats once, within two seconds of the first.
local repeats = false
if counted and kept and ARGV[15] ~= '' then
  local last = redis.pcall('GET', KEYS[7])
  local letters = type(last) == 'string' and string.sub(last, 1, #ARGV[15]) == ARGV[15] and
    string.sub(last, #ARGV[15] + 1) or ''
  repeats = letters ~= '' and not string.find(letters, ARGV[16], 1, true)
  if repeats then
    redis.call('SET', KEYS[7], last .. ARGV[16], 'KEEPTTL')
  elseif empty == 0 then
    -- A request without budget is no first one: its denial is not counted.
    redis.call('SET', KEYS[7], ARGV[15] .. ARGV[16], 'PX', REPEATED_MS)
  end
end

local prior = { tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14]) }
local state, rebuilt, counts, terms = observe_packed(redis.pcall('GET', KEYS[3]), prior, { n = counted and 1 or 0, d = 0, scopes = counted and ARGV[8] or '',
  resource = counted and ARGV[9] or '', honey = counted and not repeats and tonumber(ARGV[10]) or 0,
  misuse = 0, revoked_ms = revoked_ms }, meta.tick)
-- A NaN score denies. The state behind it is discarded, and the next request reports the reset.
if counts.anomaly ~= counts.anomaly then
  if kept then redis.call('SET', KEYS[3], NO_NUMBER, 'PX', KEEP_MS) end
  return { 'NOT_A_NUMBER' }
end
-- Stored for the second gather of this request, which must not count again.
if counted then state[FRESH] = counts.fresh end
if kept then redis.call('SET', KEYS[3], cmsgpack.pack(state), 'PX', KEEP_MS) end

local reply = { 'GATHERED', meta.epoch, meta.seq, meta.lower, meta.registry, meta.policy, meta.keyring, agent[1],
  counts.n10, counts.n2h, counts.d60, counts.s60, counts.t60, state[FRESH], empty, bucket_room(tight), retry_us,
  tight.full_at - tight.now, tight == pair and 2 or 1, floor(counts.anomaly * 1e15), counts.learning and 1 or 0,
  rebuilt == '' and (own.corrupt or pair.corrupt) and 'bucket' or rebuilt, repeats and 1 or 0 }
-- As integers, the only numbers of a reply: formatting them as text would take ten times as long.
local at = #reply
for term = 1, TERM_COUNT do
  local score = terms[term * 3]
  if score >= TERM_SHOWN then
    reply[at + 1], reply[at + 2] = term, terms[term * 3 - 2] * 1e9
    reply[at + 3], reply[at + 4] = terms[term * 3 - 1] * 1e9, score * 1e9
    at = at + 4
  end
end
return reply

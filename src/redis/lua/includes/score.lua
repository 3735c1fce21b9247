-- The terms of the score, in the order of TERM_NAMES in src/domain/signals.ts, and the update of a state by an event.
local WEIGHTS = { 0.23, 0.22, 0.36, 0.5, 0.09, 1, 1.5, 0.8, 0.35, 2.5 }
local TERM_COUNT = 10
local GROWTH_REQUESTS_MIN, GROWTH_SURPRISE_MIN, GROWTH_FREE, LN2 = 30, 8, 0.25, 0.6931471805599453
-- Terms below this value are not reported: alone it makes a score of 0.08.
local TERM_SHOWN = 0.3
local COLD_EVENTS, COLD_MS, COLD_SQUARES_MAX, WARM_SQUARES_MAX, HOT = 50, 43200000, 1, 9, 0.8

-- Deviance of a Poisson count from its mean, for counts above it.
local function excess(n, mean)
  return n <= mean and 0 or n * log(n / mean) - (n - mean)
end

local function add_recent(s, at, count, now)
  if now - s[at + 1] > HOUR_MS then s[at] = 0 end
  if count > 0 then s[at], s[at + 1] = s[at] + count, now end
end

-- Counts requests for revoked context only: another task is not a repeated request.
local function after_revocation(s, revoked_ms, requests, now)
  if revoked_ms > s[AFTER + 1] then s[AFTER], s[AFTER + 1] = 0, revoked_ms end
  if now - s[AFTER + 1] > REVOKED_MS then
    s[AFTER] = 0
  elseif now - revoked_ms <= REVOKED_MS then
    s[AFTER] = s[AFTER] + requests
  end
end

-- terms: value, expected, score of each, flat.
local function put(terms, term, value, expected, score)
  local at = term * 3
  terms[at - 2], terms[at - 1], terms[at] = value, expected, score
end

-- Scales by how surprising this agent's cells usually get.
local function put_tailed(s, terms, term, value, expected, raw)
  if raw == 0 then return put(terms, term, value, expected, 0) end
  local at = TAILS + 2 * (term - 1)
  s[at + 1] = max(s[at + 1], floor(raw * 1024 + 0.5))
  put(terms, term, value, expected, WEIGHTS[term] * ((raw * 4096) / (4096 + s[at])))
end

local function put_window(s, terms, term, window, cells, spread_floor, open, expected_open, share)
  local kept = 1 - share / cells
  local value, expected = s[window] * kept + open, s[window + 1] * kept + expected_open
  put_tailed(s, terms, term, value, expected, excess(value, expected) / max(spread_floor, s[window + 2]))
end

local function put_rare(s, terms, term, value, expected)
  put_tailed(s, terms, term, value, expected, excess(value, expected))
end

-- The last seven days against the week that ended one to two weeks ago, in doublings beyond a growth of one fifth.
local function put_growth(s, terms, term, now)
  turn_weeks(s, floor(now / WEEK_MS))
  local before, share = s[WEEK + 3], now / WEEK_MS - s[WEEK]
  local value = s[WEEK + 1] + s[CELL_N] + s[WEEK + 2] * (1 - share)
  local doublings = 0
  if s[BORN] <= (s[WEEK] - 2) * WEEK_MS and before >= GROWTH_REQUESTS_MIN and value > before and
    excess(value, before) / max(1, s[WEEK + 4]) > GROWTH_SURPRISE_MIN then
    doublings = log(value / before) / LN2
  end
  put(terms, term, value, before, WEIGHTS[term] * max(0, doublings - GROWTH_FREE))
end

local function terms_of(s, counts, now)
  local requests, activity = expectations(s, hour_of(s[CELL]))
  local share = now / CELL_MS - s[CELL]
  local active, in_cell, n = s[CELL_N] > 0 and 1 or 0, requests * share, counts.n60
  -- Allocated at its final size: a growing table is copied six times.
  local terms = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
  put_tailed(s, terms, 1, counts.n10, requests, excess(counts.n10, requests) / max(1, s[SPREAD10]))
  put_window(s, terms, 2, W2H, 12, 1, s[CELL_N], in_cell + 0.05, share)
  put_window(s, terms, 3, A2H, 12, 0.7, active, activity, share)
  put_window(s, terms, 4, A24, 144, 0.7, active, activity * share + 0.1, share)
  put_rare(s, terms, 5, counts.d60, s[SHARE_D] * n + 0.05)
  put_rare(s, terms, 6, counts.s60, s[SHARE_S] * n + 0.02)
  put(terms, 7, s[HONEY], 0, WEIGHTS[7] * s[HONEY])
  put(terms, 8, s[MISUSE], 0.02, WEIGHTS[8] * excess(s[MISUSE], 0.02))
  local after = s[AFTER] < 0 and 0 or s[AFTER]
  put(terms, 9, after, 1, WEIGHTS[9] * excess(after, 1))
  put_growth(s, terms, 10, now)
  return terms
end

-- One kind of evidence alone is rarely an attack: above 3 it counts with its logarithm, up to 4.3.
local function bounded(score)
  -- NaN passes through: a minimum of it would be a number again.
  if score ~= score then return score end
  return score <= 3 and score or min(4.3, 3 + 0.3 * log(score / 3))
end

-- Volume, denials, novelty and revocation, each bounded; honey and misuse alone are sufficient evidence. Honey adds to
-- at most `most` of the other squares, so that the policy can subtract it from the score.
local function anomaly_of(terms, most)
  local t10, t2h, a2h, a24, growth = terms[3], terms[6], terms[9], terms[12], terms[30]
  local volume = bounded(sqrt(t10 * t10 + t2h * t2h + a2h * a2h + a24 * a24 + growth * growth))
  local denials, novelty, revocation = bounded(terms[15]), bounded(terms[18]), bounded(terms[27])
  local squares = volume * volume + novelty * novelty + denials * denials + revocation * revocation +
    terms[24] * terms[24]
  -- A NaN passes through.
  if squares > most then squares = most end
  squares = squares + terms[21] * terms[21]
  return squares / (squares + 1)
end

-- Applies one event: {n, d, scopes, resource, honey, misuse, revoked_ms}. Returns the counts and the terms.
local function observe(s, e, tick)
  -- A clock that steps back is held: no time is counted twice.
  local now = max(tick, s[NOW])
  s[NOW] = now
  advance(s, now)
  s[EVENTS] = s[EVENTS] + e.n
  turn_filters(s, now)
  local fs, ft = add_items(s, e.scopes), add_items(s, e.resource)
  s[CELL_N], s[CELL_D] = s[CELL_N] + e.n, s[CELL_D] + e.d
  s[CELL_S] = s[CELL_S] + fs
  add_recent(s, HONEY, e.honey, now)
  add_recent(s, MISUSE, e.misuse, now)
  after_revocation(s, e.revoked_ms, e.n, now)
  local ten_minutes = floor(now / CELL_MS)
  local counts = { fresh = fs + ft, n10 = turn(s, R10, floor(now / 100000), e.n),
    n2h = turn(s, R2H, floor(now / 1200000), e.n), n60 = s[R2H + 1] + s[R2H + 2] + s[R2H + 3],
    d60 = turn(s, D60, ten_minutes, e.d), s60 = turn(s, S60, ten_minutes, fs), t60 = turn(s, T60, ten_minutes, ft) }
  local terms = terms_of(s, counts, now)
  counts.learning = s[EVENTS] < COLD_EVENTS or now - s[BORN] < COLD_MS
  local warm = s[CELLS_SEEN] >= WARM_CELLS
  counts.anomaly = anomaly_of(terms, warm and math.huge or counts.learning and COLD_SQUARES_MAX or WARM_SQUARES_MAX)
  if warm and counts.anomaly >= HOT then s[CELL_HOT] = 1 end
  return counts, terms
end

-- Applies one event to the packed state, and resets a state that cannot be computed with. Returns the state, why it was
-- reset or '', and the results of `observe`.
local function observe_packed(packed, prior, e, tick)
  local s, rebuilt = load_signals(packed, tick, prior)
  local ok, counts, terms = pcall(observe, s, e, tick)
  if ok then return s, rebuilt, counts, terms end
  s = empty_signals(tick, prior)
  return s, 'truncated', observe(s, e, tick)
end

-- Returns a packed state with one denial more. The gather of its request created the state; false if it is missing, since
-- the agent was deleted or its signals were reset.
local function with_denial(packed, tick)
  if not packed then return false end
  local state = observe_packed(packed, DEFAULT_PRIOR, { n = 0, d = 1, scopes = '', resource = '',
    honey = 0, misuse = 0, revoked_ms = 0 }, tick)
  return cmsgpack.pack(state)
end

-- The hourly profile of an agent, and its update by a closed cell of ten minutes. Six bytes an hour: three of requests
-- a cell, two of the share of active cells (both in steps of their square root), one of cells seen.
local HOUR_MEMORY, MEAN_MEMORY, IDLE_CELLS_MAX, WARM_CELLS, KNOWN_CELLS = 96, 2016, 576, 1008, 2016
local REQUESTS_STEPS, REQUESTS_MAX, ACTIVITY_STEPS = 4096, 16777215, 65535
local SPREAD_RATE = 1 / 1000
local TAIL_MEMORY, TAIL_STEP = 4032, 102

-- The hour of the week: 0 to 23 on weekdays, 24 to 47 at the weekend, UTC. 1 January 1970 was a Thursday.
local function hour_of(cell)
  local day = (floor(cell / 144) + 4) % 7
  return ((day == 0 or day == 6) and 24 or 0) + floor(cell / 6) % 24
end

local function shrunk(s, hour)
  local b1, b2, b3, a1, a2, seen = byte(s[PROFILE], hour * 6 + 1, hour * 6 + 6)
  local r = ((b1 * 256 + b2) * 256 + b3) / REQUESTS_STEPS
  local a = (a1 * 256 + a2) / ACTIVITY_STEPS
  return (s[MEAN] + seen * (r * r)) / (1 + seen), (s[MEAN_ACTIVE] + seen * (a * a)) / (1 + seen)
end

-- Requests and activity expected in a cell of this hour: its own, or half of a neighbour's, because of daylight saving.
local function expectations(s, hour)
  local base = hour >= 24 and 24 or 0
  local r, a = shrunk(s, hour)
  local rb, ab = shrunk(s, base + (hour - base + 23) % 24)
  local ra, aa = shrunk(s, base + (hour - base + 1) % 24)
  return max(r, 0.5 * rb, 0.5 * ra, 0.002), max(a, 0.5 * ab, 0.5 * aa, 0.001)
end

local function moved(value, steps, observed, seen)
  local root = value / steps
  local mean = root * root
  return floor(sqrt(mean + (observed - mean) / seen) * steps + 0.5)
end

local function learn_cell(s, hour, requests, active)
  local at = hour * 6
  local b1, b2, b3, a1, a2, seen = byte(s[PROFILE], at + 1, at + 6)
  seen = min(seen + 1, HOUR_MEMORY)
  local r = min(moved((b1 * 256 + b2) * 256 + b3, REQUESTS_STEPS, requests, seen), REQUESTS_MAX)
  local a = moved(a1 * 256 + a2, ACTIVITY_STEPS, active, seen)
  s[PROFILE] = string.sub(s[PROFILE], 1, at) ..
    string.char(floor(r / 65536), floor(r / 256) % 256, r % 256, floor(a / 256), a % 256, seen) ..
    string.sub(s[PROFILE], at + 7)
  s[CELLS_SEEN] = min(s[CELLS_SEEN] + 1, MEAN_MEMORY)
  s[MEAN] = s[MEAN] + (requests - s[MEAN]) / s[CELLS_SEEN]
  s[MEAN_ACTIVE] = s[MEAN_ACTIVE] + (active - s[MEAN_ACTIVE]) / s[CELLS_SEEN]
end

local function learn_spread(s, window, mean)
  local off = s[window] - s[window + 1]
  s[window + 2] = max(s[window + 2] +
    (SPREAD_RATE * (off * off - s[window + 2] * s[window + 1])) / max(mean, 0.05), 0)
end

local function pass(s, window, cells, seen, expected)
  local kept = 1 - 1 / cells
  s[window] = s[window] * kept + seen
  s[window + 1] = s[window + 1] * kept + expected
end

local function close_cell(s, number, requests, learn)
  local hour = hour_of(number)
  local expected, activity = expectations(s, hour)
  local active = requests > 0 and 1 or 0
  if learn then
    local deviation = sqrt(max(1, s[SPREAD10]) * max(expected, 0.05))
    local most = expected + 4 * deviation + 3
    local taught = s[CELLS_SEEN] < WARM_CELLS and requests or min(requests, most)
    local off = taught - expected
    learn_cell(s, hour, taught, active)
    s[SPREAD10] = max(0, s[SPREAD10] +
      (SPREAD_RATE * (off * off - s[SPREAD10] * expected)) / max(s[MEAN], 0.05))
    if s[CELLS_SEEN] > 36 then
      learn_spread(s, W2H, s[MEAN] * 12)
      learn_spread(s, A2H, s[MEAN_ACTIVE] * 12)
    end
    if s[CELLS_SEEN] > 432 then
      learn_spread(s, W24, s[MEAN] * 144)
      learn_spread(s, A24, s[MEAN_ACTIVE] * 144)
    end
    -- Growing traffic widens the spread of the current day, so growth is measured against the spread of the last weeks.
    s[WEEK + 4] = s[CELLS_SEEN] >= KNOWN_CELLS and s[WEEK + 4] + (s[W24 + 2] - s[WEEK + 4]) / 4032 or s[W24 + 2]
  end
  pass(s, W2H, 12, requests, expected)
  pass(s, W24, 144, requests, expected)
  pass(s, A2H, 12, active, activity)
  pass(s, A24, 144, active, activity)
end

local function learn_share(s, at, rate, count, requests)
  s[at] = s[at] + rate * (min(count / requests, s[at] * 5 + 0.2) - s[at])
end

local function learn_shares(s)
  local requests = s[CELL_N]
  if requests == 0 then return end
  local rate = min(0.5, requests / 400)
  learn_share(s, SHARE_D, rate, s[CELL_D], requests)
  learn_share(s, SHARE_S, rate, s[CELL_S], requests)
end

-- Closes the tails. A peak decays over four weeks; in one cell of a known agent the usual one grows by at most a tenth.
local function close_tails(s, cells, learn, known)
  local kept = max(0, 1 - cells / TAIL_MEMORY)
  for at = TAILS, TAILS + 2 * TAIL_COUNT - 2, 2 do
    local usual, peak = floor(s[at] * kept), s[at + 1]
    if learn then
      if known then peak = min(peak, usual + TAIL_STEP) end
      usual = max(usual, peak)
    end
    s[at], s[at + 1] = usual, 0
  end
end

local function turn_weeks(s, week)
  local turned = week - s[WEEK]
  if turned <= 0 then return end
  local now, last = s[WEEK + 1], s[WEEK + 2]
  s[WEEK], s[WEEK + 1] = week, 0
  s[WEEK + 2], s[WEEK + 3] = turned == 1 and now or 0, (turned == 1 and last) or (turned == 2 and now) or 0
end

-- Closes the open cell and the idle ones after it, when `now` is in a later one. A pause of days is not learned from.
local function advance(s, now)
  local number = floor(now / CELL_MS)
  if number <= s[CELL] then return end
  local learn, known = s[CELL_HOT] == 0, s[CELLS_SEEN] >= KNOWN_CELLS
  if learn then
    learn_shares(s)
    turn_weeks(s, floor(s[CELL] / WEEK_CELLS))
    s[WEEK + 1] = s[WEEK + 1] + s[CELL_N]
  end
  close_cell(s, s[CELL], s[CELL_N], learn)
  local idle = number - s[CELL] - 1
  close_tails(s, idle + 1, learn, known)
  if idle <= IDLE_CELLS_MAX then
    for at = s[CELL] + 1, number - 1 do close_cell(s, at, 0, true) end
  else
    for _, window in ipairs({ W2H, W24, A2H, A24 }) do s[window], s[window + 1] = 0, 0 end
  end
  s[CELL] = number
  for at = CELL_N, CELL_HOT do s[at] = 0 end
end

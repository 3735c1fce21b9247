-- The signal state of one agent, packed with cmsgpack as one flat array: nested tables cost six times as much to read.
-- The arithmetic mirrors src/signals/model, and tests compare both; a change is made in both, and VERSION raised.
local VERSION = 3
local SIZE = 91
local V, BORN, NOW, EVENTS = 1, 2, 3, 4
-- A ring takes seven places: its newest step's number, then the counts of its six steps, newest first.
local R10, R2H, D60, S60, T60 = 5, 12, 19, 26, 33
local STEPS = 6
local FRESH, OLD, YOUNG, ITEMS, TURNED = 40, 41, 42, 43, 44
local CELL, CELL_N, CELL_D, CELL_S, CELL_HOT = 45, 46, 47, 48, 49
local PROFILE, MEAN, MEAN_ACTIVE, CELLS_SEEN, SPREAD10 = 50, 51, 52, 53, 54
-- A window takes three places: seen, expected, spread.
local W2H, W24, A2H, A24 = 55, 58, 61, 64
local SHARE_D, SHARE_S = 67, 68
-- A tail takes two places: usual peak and the open cell's.
local TAILS, TAIL_COUNT = 69, 6
local HONEY, MISUSE, AFTER = 81, 83, 85
-- The number of this week, its requests so far, those of the last one and of the one before, and the spread of a day.
local WEEK = 87

local CELL_MS, HOUR_MS, REVOKED_MS, WEEK_CELLS, WEEK_MS = 600000, 3600000, 900000, 1008, 604800000
local BLOOM_BYTES, BLOOM_ITEMS_MAX, BLOOM_AGE_MS = 128, 100, 1209600000
local PROFILE_BYTES = 288
-- Longer than any pause after which the agent must still be known.
local KEEP_MS = '7776000000'
-- A state further ahead of the shard's clock was written under another clock.
local AHEAD_MS = 3600000
-- Requests after the revocations before a release: far enough below zero that none of them is odd.
local EXCUSED = -1000000
-- Replaces a state with a NaN score.
local NO_NUMBER = 'NaN'
-- Requests a cell, dispersion, share of denials, share of new items.
local DEFAULT_PRIOR = { 1, 4, 0.02, 0.02 }
local floor, max, min, log, sqrt = math.floor, math.max, math.min, math.log, math.sqrt
local byte, band = string.byte, bit.band

local function empty_signals(tick, prior)
  local s = {}
  for i = 1, SIZE do s[i] = 0 end
  s[V], s[BORN], s[NOW], s[TURNED], s[CELL] = VERSION, tick, tick, tick, floor(tick / CELL_MS)
  s[WEEK], s[WEEK + 4] = floor(tick / WEEK_MS), prior[2]
  s[OLD], s[YOUNG] = string.rep('\0', BLOOM_BYTES), string.rep('\0', BLOOM_BYTES)
  s[PROFILE] = string.rep('\0', PROFILE_BYTES)
  s[MEAN], s[MEAN_ACTIVE], s[SPREAD10] = prior[1], 0.1, prior[2]
  s[W2H + 2], s[W24 + 2], s[A2H + 2], s[A24 + 2] = prior[2], prior[2], 1, 1
  s[SHARE_D], s[SHARE_S] = prior[3], prior[4]
  return s
end

local function is_text(value, bytes)
  return type(value) == 'string' and #value == bytes
end

-- Why an unpacked state cannot be used, or false. Its members are checked only by computing with them: validating each
-- one first would cost more than the whole score.
local function state_fault(s, tick)
  if type(s) ~= 'table' then return 'truncated' end
  if s[V] ~= VERSION then return 'version' end
  if #s ~= SIZE then return 'truncated' end
  if not (is_text(s[OLD], BLOOM_BYTES) and is_text(s[YOUNG], BLOOM_BYTES) and is_text(s[PROFILE], PROFILE_BYTES)) then
    return 'truncated'
  end
  if type(s[NOW]) ~= 'number' then return 'truncated' end
  -- A NaN time fails this comparison, too.
  if not (s[NOW] <= tick + AHEAD_MS) then return 'clock' end
  return false
end

local function keep_evidence(from, to, tick)
  for _, at in ipairs({ HONEY, MISUSE }) do
    if type(from[at]) == 'number' then to[at], to[at + 1] = from[at], tick end
  end
end

-- The state, and why it was reset, '' when it was not. `packed` is the reply of a GET through pcall.
local function load_signals(packed, tick, prior)
  if not packed then return empty_signals(tick, prior), '' end
  if type(packed) == 'table' then return empty_signals(tick, prior), 'type' end
  if packed == NO_NUMBER then return empty_signals(tick, prior), 'not_a_number' end
  local ok, s = pcall(cmsgpack.unpack, packed)
  local fault = not ok and 'truncated' or state_fault(s, tick)
  if not fault then return s, '' end
  local fresh = empty_signals(tick, prior)
  -- A reset of the clock releases no agent: the evidence that is sufficient alone stays, for an hour.
  if fault == 'clock' then keep_evidence(s, fresh, tick) end
  return fresh, fault
end

-- Advances a ring to a step, adds, and returns the sum over the window.
local function turn(s, at, step, add)
  local moved = step - s[at]
  if moved > 0 then
    if moved > STEPS then moved = STEPS end
    for i = STEPS, 1, -1 do s[at + i] = i > moved and s[at + i - moved] or 0 end
    s[at] = step
  end
  s[at + 1] = s[at + 1] + add
  return s[at + 1] + s[at + 2] + s[at + 3] + s[at + 4] + s[at + 5] + s[at + 6]
end

local function turn_filters(s, tick)
  if s[ITEMS] < BLOOM_ITEMS_MAX and tick - s[TURNED] < BLOOM_AGE_MS then return end
  s[OLD], s[YOUNG], s[ITEMS], s[TURNED] = s[YOUNG], string.rep('\0', BLOOM_BYTES), 0, tick
end

-- Returns whether a filter has all four bits of the item at `at` (8 bytes: four pairs of a byte offset and a bit mask).
local function has_item(filter, items, at)
  local a, a_bit, b, b_bit, c, c_bit, d, d_bit = byte(items, at, at + 7)
  return band(byte(filter, a + 1), a_bit) > 0 and band(byte(filter, b + 1), b_bit) > 0 and
    band(byte(filter, c + 1), c_bit) > 0 and band(byte(filter, d + 1), d_bit) > 0
end

-- Adds items and returns how many neither filter contained.
local function add_items(s, items)
  local fresh = 0
  for at = 1, #items, 8 do
    if not has_item(s[YOUNG], items, at) then
      s[ITEMS] = s[ITEMS] + 1
      if not has_item(s[OLD], items, at) then fresh = fresh + 1 end
      for pair = at, at + 6, 2 do
        local where, bit_of = byte(items, pair, pair + 1)
        s[YOUNG] = string.sub(s[YOUNG], 1, where) ..
          string.char(bit.bor(byte(s[YOUNG], where + 1), bit_of)) .. string.sub(s[YOUNG], where + 2)
      end
    end
  end
  return fresh
end

-- Clears recent counts and skips the time in quarantine for learning; the learned profile stays.
local function settle(s, tick)
  for at = R10, FRESH do s[at] = 0 end
  s[CELL] = max(s[CELL], floor(tick / CELL_MS))
  for at = CELL_N, CELL_HOT do s[at] = 0 end
  for at = W2H, A24, 3 do s[at], s[at + 1] = 0, 0 end
  for at = TAILS + 1, TAILS + 2 * TAIL_COUNT - 1, 2 do s[at] = 0 end
  s[HONEY], s[MISUSE], s[AFTER], s[AFTER + 1] = 0, 0, EXCUSED, tick
  s[WEEK + 1], s[WEEK + 2], s[WEEK + 3] = 0, 0, 0
end

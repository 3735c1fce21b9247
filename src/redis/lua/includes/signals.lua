-- Counters of one agent, packed with cmsgpack as one flat array: nested tables cost six times as much to read.
-- A ring takes seven places: its newest step's number, then the counts of its steps, newest first.
local STEPS = 6
local RINGS = {
  r10 = { 1, 100000 }, r2h = { 8, 1200000 }, d60 = { 15, 600000 }, s60 = { 22, 600000 }, t60 = { 29, 600000 },
}
-- Two rotating Bloom filters, 1,024 bits as 128 bytes, four bits an item (positions made by the caller).
local OLD, NEW, ITEMS, TURNED, FRESH = 36, 37, 38, 39, 40
local BLOOM_BYTES = 128
local BLOOM_ITEMS_MAX = 100
local BLOOM_AGE_MS = 604800000
local KEEP_MS = 1209600000

local function empty_filter()
  return string.rep('\0', BLOOM_BYTES)
end

local function load_signals(packed, tick)
  if packed then return cmsgpack.unpack(packed) end
  local state = {}
  for i = 1, 35 do state[i] = 0 end
  state[OLD], state[NEW], state[ITEMS], state[TURNED], state[FRESH] = empty_filter(), empty_filter(), 0, tick, 0
  return state
end

-- Moves a ring to the step of `tick`, adds, and returns the sum over the window.
local function turn(state, name, tick, add)
  local at, width = RINGS[name][1], RINGS[name][2]
  local step = math.floor(tick / width)
  local moved = math.min(step - state[at], STEPS)
  if moved > 0 then
    for i = STEPS, 1, -1 do
      state[at + i] = i > moved and state[at + i - moved] or 0
    end
    state[at] = step
  end
  state[at + 1] = state[at + 1] + add
  local sum = 0
  for i = at + 1, at + STEPS do sum = sum + state[i] end
  return sum
end

local function turn_filters(state, tick)
  if state[ITEMS] < BLOOM_ITEMS_MAX and tick - state[TURNED] < BLOOM_AGE_MS then return end
  state[OLD], state[NEW], state[ITEMS], state[TURNED] = state[NEW], empty_filter(), 0, tick
end

-- Adds items (8 bytes each: four 16-bit positions) and returns how many neither filter had.
local function add_items(state, items)
  local fresh = 0
  for at = 1, #items, 8 do
    local in_new, in_old = true, true
    for pair = 0, 3 do
      local hi, lo = string.byte(items, at + pair * 2, at + pair * 2 + 1)
      local position = (hi * 256 + lo) % (BLOOM_BYTES * 8)
      local byte, mask = math.floor(position / 8) + 1, bit.lshift(1, position % 8)
      in_old = in_old and bit.band(string.byte(state[OLD], byte), mask) ~= 0
      local bits = string.byte(state[NEW], byte)
      if bit.band(bits, mask) == 0 then
        in_new = false
        state[NEW] = string.sub(state[NEW], 1, byte - 1) .. string.char(bit.bor(bits, mask)) ..
          string.sub(state[NEW], byte + 1)
      end
    end
    if not in_new then state[ITEMS] = state[ITEMS] + 1 end
    if not in_new and not in_old then fresh = fresh + 1 end
  end
  return fresh
end

-- Counters of one agent, packed with cmsgpack. A ring is {newest step number, count of newest step, ... six of them}.
local STEPS = 6
local WIDTH_MS = { r10 = 100000, r2h = 1200000, d60 = 600000, s60 = 600000, t60 = 600000 }
-- Two rotating Bloom filters, 1,024 bits as 32 words, four bits an item (positions made by the caller).
local BLOOM_WORDS = 32
local BLOOM_ITEMS_MAX = 100
local BLOOM_AGE_MS = 604800000
local KEEP_MS = 1209600000

local function empty_ring()
  return { 0, 0, 0, 0, 0, 0, 0 }
end

local function empty_filter()
  local words = {}
  for i = 1, BLOOM_WORDS do words[i] = 0 end
  return words
end

local function load_signals(packed, tick)
  if packed then return cmsgpack.unpack(packed) end
  return {
    r10 = empty_ring(), r2h = empty_ring(), d60 = empty_ring(), s60 = empty_ring(), t60 = empty_ring(),
    old = empty_filter(), new = empty_filter(), items = 0, turned = tick,
  }
end

-- Moves a ring to the step of `tick`, adds, and returns the sum over the window.
local function turn(state, name, tick, add)
  local ring = state[name]
  local step = math.floor(tick / WIDTH_MS[name])
  local moved = math.min(step - ring[1], STEPS)
  if moved > 0 then
    for i = STEPS, 1, -1 do
      ring[i + 1] = i > moved and ring[i + 1 - moved] or 0
    end
    ring[1] = step
  end
  ring[2] = ring[2] + add
  local sum = 0
  for i = 2, STEPS + 1 do sum = sum + ring[i] end
  return sum
end

local function turn_filters(state, tick)
  if state.items < BLOOM_ITEMS_MAX and tick - state.turned < BLOOM_AGE_MS then return end
  state.old, state.new, state.items, state.turned = state.new, empty_filter(), 0, tick
end

-- Adds items (8 bytes each: four 16-bit positions) and returns how many neither filter had.
local function add_items(state, items)
  local fresh = 0
  for at = 1, #items, 8 do
    local in_new, in_old = true, true
    for pair = 0, 3 do
      local hi, lo = string.byte(items, at + pair * 2, at + pair * 2 + 1)
      local position = (hi * 256 + lo) % (BLOOM_WORDS * 32)
      local word, mask = math.floor(position / 32) + 1, bit.lshift(1, position % 32)
      in_old = in_old and bit.band(state.old[word], mask) ~= 0
      if bit.band(state.new[word], mask) == 0 then
        in_new = false
        state.new[word] = bit.bor(state.new[word], mask)
      end
    end
    if not in_new then state.items = state.items + 1 end
    if not in_new and not in_old then fresh = fresh + 1 end
  end
  return fresh
end

#!lua
-- Charges one failed authentication to the budgets of its client id and of its source, which all instances share. It
-- grants nothing, so it needs no epoch. A field stores when its budget will be full again, in Unix milliseconds. A
-- budget may be overdrawn by its own size. A failure of a client id over its budget is not charged to the source's.
-- KEYS[1] failures of the shard
-- ARGV[1] field of the client id's budget; [2] its failures at once; [3] ms until one comes back
-- ARGV[4] field of the source's budget; [5] its failures at once; [6] ms until one comes back
-- Returns {'CHARGED', thousandths of a failure left to the client id, to the source}
local MOST_FIELDS, SAMPLED, GRACE_MS = 256, 8, 60000
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local function text(number)
  return string.format('%.0f', number)
end

local function open_budget(value, capacity, interval)
  local budget = { capacity = tonumber(capacity), interval = tonumber(interval) }
  local latest = now + 2 * budget.capacity * budget.interval
  -- An unreadable time counts as an overdrawn budget: waiting costs an attacker nothing, and an honest client passes
  -- anyway.
  local full_at = not value and now or string.find(value, '^%d+$') and tonumber(value) or latest
  budget.latest, budget.full_at = latest, math.max(now, math.min(latest, full_at))
  return budget
end

local function left(budget)
  return budget.capacity - (budget.full_at - now) / budget.interval
end

local function charge(field, budget)
  budget.full_at = math.min(budget.latest, budget.full_at + budget.interval)
  redis.call('HSET', KEYS[1], field, text(budget.full_at))
end

-- Bounds the hash against an attacker with many sources: evicts the full budgets of a sample, else the one nearest to
-- full.
local function make_room()
  local sample = redis.call('HRANDFIELD', KEYS[1], SAMPLED, 'WITHVALUES')
  local nearest, nearest_at
  for i = 1, #sample, 2 do
    local full_at = tonumber(sample[i + 1]) or 0
    if sample[i] ~= ARGV[1] and sample[i] ~= ARGV[4] and (not nearest_at or full_at < nearest_at) then
      nearest, nearest_at = sample[i], full_at
    end
  end
  redis.call('HDEL', KEYS[1], nearest)
end

local values = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[4])
local pair = open_budget(values[1], ARGV[2], ARGV[3])
local source = open_budget(values[2], ARGV[5], ARGV[6])
if left(pair) >= 1 then charge(ARGV[4], source) end
charge(ARGV[1], pair)
while redis.call('HLEN', KEYS[1]) > MOST_FIELDS do make_room() end
local longest = math.max(pair.capacity * pair.interval, source.capacity * source.interval)
redis.call('PEXPIRE', KEYS[1], text(2 * longest + GRACE_MS))
return { 'CHARGED', text(left(pair) * 1000), text(left(source) * 1000) }

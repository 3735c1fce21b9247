-- Refusals of one agent and bucket within a minute, counted until their single event is appended. KEYS[3] has two
-- fields for each `<agent> <bucket>`. `e` is the event of the first without its closing brace. `n` holds the numbers:
-- refusals, honey scopes among them, time of the first and of the last, and the highest score. KEYS[4] has the minute.
local MINUTE_MS = 60000

local function refusal_numbers(name)
  local numbers = redis.call('HGET', KEYS[3], 'n ' .. name)
  if not numbers then return false end
  local n, honey, first, last, anomaly = string.match(numbers, '^(%d+) (%d+) (%d+) (%d+) (%S+)$')
  return n and { n = tonumber(n), honey = tonumber(honey), first = first, last = last, anomaly = anomaly }
end

local function put_refusal_numbers(name, c)
  redis.call('HSET', KEYS[3], 'n ' .. name,
    text(c.n) .. ' ' .. text(c.honey) .. ' ' .. c.first .. ' ' .. c.last .. ' ' .. c.anomaly)
end

-- Returns the event of a count, or false when its fields are malformed.
local function counted_event(name)
  local event, c = redis.call('HGET', KEYS[3], 'e ' .. name), refusal_numbers(name)
  if not event or not c then return false end
  local honey = c.honey > 0 and ',"honey_scopes":' .. text(c.honey) or ''
  return event .. honey .. ',"anomaly":' .. c.anomaly .. ',"count":' .. text(c.n) ..
    ',"first_at_ms":' .. c.first .. ',"last_at_ms":' .. c.last .. '}'
end

local function forget_refusal(name)
  redis.call('HDEL', KEYS[3], 'e ' .. name, 'n ' .. name)
  redis.call('ZREM', KEYS[4], name)
end

#!lua flags=allow-oom
-- Returns an agent's signal state as it would be used now. Reads only: the computed state is discarded.
-- KEYS[1] shard meta
-- KEYS[2] agent signals
-- ARGV[1] node's clock and bound
-- Returns {'DESCRIBED', JSON} or {'NONE'}
-- @include shard
-- @include signals
-- @include profile
-- @include score
local packed = redis.pcall('GET', KEYS[2])
if not packed then return { 'NONE' } end
local idle = { n = 0, d = 0, scopes = '', resource = '', honey = 0, misuse = 0, revoked_ms = 0 }
local tick = read_meta(ARGV[1]).tick

local function hours(s, from)
  local means = {}
  for hour = from, from + 23 do means[#means + 1] = (expectations(s, hour)) end
  return means
end

local function list(s, from, count)
  local members = {}
  for at = from, from + count - 1 do members[#members + 1] = s[at] end
  return members
end

local function hex(bytes)
  return (string.gsub(bytes, '.', function(one) return string.format('%02x', string.byte(one)) end))
end

-- `from` is the reply of a GET: false means no state, and the description is that of an empty one.
local function description(from, why)
  local s, fault, counts, terms = observe_packed(from, DEFAULT_PRIOR, idle, tick)
  return cjson.encode({
    version = s[V], fault = why or fault, learning = counts.learning, events = s[EVENTS], since_ms = s[BORN],
    anomaly = counts.anomaly, terms = terms, weekday = hours(s, 0), weekend = hours(s, 24),
    state_bytes = type(packed) == 'string' and #packed or 0,
    learned = { requests_10m = s[MEAN], dispersion = s[SPREAD10], denial_share = s[SHARE_D],
      novelty_share = s[SHARE_S] },
    state = { seen_until_ms = s[NOW], rings = list(s, R10, 35), filter_items = s[ITEMS], filters_turned_ms = s[TURNED],
      filter_old_hex = hex(s[OLD]), filter_young_hex = hex(s[YOUNG]), open_cell = list(s, CELL, 5),
      hours_hex = hex(s[PROFILE]), cells_seen = s[CELLS_SEEN], activity_mean = s[MEAN_ACTIVE], windows = list(s, W2H, 12),
      shares = list(s, SHARE_D, 2), tails = list(s, TAILS, 2 * TAIL_COUNT), recent = list(s, HONEY, 6),
      weeks = list(s, WEEK, 5) },
  })
end

-- JSON cannot represent NaN.
local ok, described = pcall(description, packed)
return { 'DESCRIBED', ok and described or description(false, 'not_a_number') }

-- The hash of audience holders: a field for each key of audiences, JSON {now: [{id, uri}], past: [{id, uri, until_ms,
-- exact}]}. More than one current holder comes from an earlier build and is compared byte for byte.
local function decode_audience(stored)
  local entry = stored and cjson.decode(stored) or {}
  return { now = entry.now or {}, past = entry.past or {} }
end

local function lose_audience(entry, holder, tick, exact)
  local past = {}
  for _, former in ipairs(entry.past) do
    if former.id ~= holder.id or former.uri ~= holder.uri then past[#past + 1] = former end
  end
  past[#past + 1] = { id = holder.id, uri = holder.uri, until_ms = tick, exact = exact or nil }
  entry.past = past
end

-- Omits holders that lost the audience before `since`, milliseconds; '' when the entry is empty.
local function encode_audience(entry, since)
  local past = {}
  for _, former in ipairs(entry.past) do
    if former.until_ms >= since then past[#past + 1] = former end
  end
  if #entry.now == 0 and #past == 0 then return '' end
  -- cjson would encode an empty list as an object.
  return cjson.encode({ now = #entry.now > 0 and entry.now or nil, past = #past > 0 and past or nil })
end

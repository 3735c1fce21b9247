-- Returns the field value with its floor raised to this sequence; nil if this rev_id was the last to raise it. A denial
-- is kept.
local function raised_floor(current, meta, rev_id)
  if current and string.find(current, '|' .. rev_id, 1, true) then return nil end
  local deny, order = '0', '0'
  if current then deny, order = string.match(current, '^F|%d+|([01])|(%d+)|') end
  return table.concat({ 'F', text(meta.seq), deny, order, text(meta.tick), rev_id }, '|')
end

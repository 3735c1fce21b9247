-- The predicate shared by commit and introspection. A record is
-- {s: status, h: sha256, e: epoch, b: basis, x: expiry ms, c: fields of KEYS[3] that would cover it}.
-- A field of KEYS[3] is 'P|…' (permanent) or 'F|<floor>|<deny 0 or 1>|…' (revoked if floor >= basis, or while denied).
local function why_inactive(record, sha256, epoch, tick)
  if record.s ~= 'active' then return 'status' end
  if record.h ~= sha256 then return 'hash' end
  if not epoch or record.e ~= epoch then return 'epoch' end
  if tick >= record.x then return 'expired' end
  local covers = redis.call('HMGET', KEYS[3], unpack(record.c))
  for i = 1, #record.c do
    local cover = covers[i]
    if cover then
      local floor, deny = string.match(cover, '^F|(%d+)|([01])|')
      if not floor or deny == '1' or tonumber(floor) >= record.b then
        return 'revoked', record.c[i]
      end
    end
  end
  return false
end

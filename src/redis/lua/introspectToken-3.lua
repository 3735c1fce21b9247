#!lua flags=allow-oom
-- Returns whether a token is active. Reads only; not declared no-writes, so that a server that may not accept writes
-- (disk full, too few replicas) does not answer with stale state.
-- KEYS[1] shard meta
-- KEYS[2] token record
-- KEYS[3] revocations
-- ARGV[1] node's clock and bound; [2] sha256 of the token; [3]… fields of the revocations that would cover it in addition to those of its record
-- Returns {why, registry, keyring, resource}; why is 'active' or the reason it is not, and resource is the id of the
-- resource in the record, or '' without a record of this exact token
-- @include shard
-- @include predicate
local meta = read_meta(ARGV[1])
local stored = redis.call('GET', KEYS[2])
local why, resource = 'unknown', ''
if stored then
  local record = cjson.decode(stored)
  if record.h == ARGV[2] then
    for _, field in ipairs(record.c) do resource = string.match(field, '^resource:(.*)$') or resource end
  end
  for i = 3, #ARGV do record.c[#record.c + 1] = ARGV[i] end
  -- The latest of all clocks: no token outlives its lifetime because one of them stands still or went back.
  why = why_inactive(record, ARGV[2], current_epoch(meta), meta.latest) or 'active'
end
return { why, meta.registry, meta.keyring, resource }

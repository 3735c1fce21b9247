#!lua flags=allow-oom
-- Whether a token is active. Reads only; not declared no-writes, so that a server that may not accept writes
-- (disk full, too few replicas) does not answer with what may be old.
-- KEYS[1] shard meta
-- KEYS[2] token record
-- KEYS[3] revocations
-- ARGV[1] sha256 of the token
-- Returns {why, registry, keyring}; why is 'active' or the reason it is not
-- @include shard
-- @include predicate
local meta = read_meta()
local stored = redis.call('GET', KEYS[2])
local why = 'unknown'
if stored then
  why = why_inactive(cjson.decode(stored), ARGV[1], current_epoch(meta), meta.tick) or 'active'
end
return { why, meta.registry, meta.keyring }

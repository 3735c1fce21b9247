#!lua flags=allow-oom
-- Creates or replaces an agent's record by compare-and-set on its version; on request also revokes its tokens.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] revocations
-- KEYS[4] agent record
-- KEYS[5] index of agents
-- KEYS[6] agent signals
-- ARGV[1] opening; [2] expected version (0: none yet); [3] id; [4] status; [5] document; [6] event;
-- ARGV[7] revocation field to raise, or ''; [8] rev_id; [9] 'forgotten' or 'settled', of its signals, or ''
-- Returns {'WRITTEN', version} or {'CONFLICT', version}
-- @include shard
-- @include write
-- @include audit
-- @include signals
local version = redis.call('HGET', KEYS[4], 'version') or '0'
if version ~= ARGV[2] then return { 'CONFLICT', version } end
local meta = open_shard()
append_event(meta, ARGV[6])
if ARGV[7] ~= '' then
  local current = redis.call('HGET', KEYS[3], ARGV[7])
  local deny, order = '0', '0'
  if current then deny, order = string.match(current, '^F|%d+|([01])|(%d+)|') end
  redis.call('HSET', KEYS[3], ARGV[7],
    table.concat({ 'F', text(meta.seq), deny, order, text(meta.tick), ARGV[8] }, '|'))
end
local packed = ARGV[9] == 'settled' and redis.pcall('GET', KEYS[6])
if packed then
  local state, fault = load_signals(packed, meta.tick, DEFAULT_PRIOR)
  -- An unreadable state has no part worth keeping.
  if fault == '' and pcall(settle, state, meta.tick) then
    redis.call('SET', KEYS[6], cmsgpack.pack(state), 'PX', KEEP_MS)
  else
    redis.call('DEL', KEYS[6])
  end
end
if ARGV[9] == 'forgotten' then redis.call('DEL', KEYS[6]) end
local next_version = text(tonumber(version) + 1)
redis.call('ZADD', KEYS[5], 0, ARGV[3])
redis.call('HSET', KEYS[4], 'status', ARGV[4], 'version', next_version, 'doc', ARGV[5])
return { 'WRITTEN', next_version }

#!lua
-- Counts unexpected callers that introspected an agent's token in its score, and records them. Creates no signal state
-- for a deleted agent.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] agent signals
-- KEYS[4] agent record
-- ARGV[1] opening; [2] event; [3] how many
-- Returns {'COUNTED'} or {'GONE'}
-- @include shard
-- @include write
-- @include audit
-- @include signals
-- @include profile
-- @include score
local status = redis.call('HGET', KEYS[4], 'status')
if not status or status == 'deleted' then return { 'GONE' } end
local meta = open_shard()
append_event(meta, ARGV[2])
local state = observe_packed(redis.pcall('GET', KEYS[3]), DEFAULT_PRIOR, { n = 0, d = 0, scopes = '', resource = '',
  honey = 0, misuse = tonumber(ARGV[3]), revoked_ms = 0 }, meta.tick)
redis.call('SET', KEYS[3], cmsgpack.pack(state), 'PX', KEEP_MS)
return { 'COUNTED' }

#!lua
-- Records a decision that ends without a token, and counts a denial.
-- KEYS[1] shard meta
-- KEYS[2] audit stream
-- KEYS[3] agent signals
-- ARGV[1] opening; [2] event; [3] 1 to count a denial
-- Returns {'RECORDED'}
-- @include shard
-- @include write
-- @include audit
-- @include signals
-- @include profile
-- @include score
local meta = open_shard()
append_event(meta, ARGV[2])
-- The gather of this request created the state. If it is missing, the agent was deleted or its signals were reset.
local packed = ARGV[3] == '1' and redis.pcall('GET', KEYS[3])
if packed then
  local state = observe_packed(packed, DEFAULT_PRIOR, { n = 0, d = 1, scopes = '', resource = '',
    honey = 0, misuse = 0, revoked_ms = 0 }, meta.tick)
  redis.call('SET', KEYS[3], cmsgpack.pack(state), 'PX', KEEP_MS)
end
return { 'RECORDED' }

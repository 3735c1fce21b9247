#!lua flags=allow-oom
-- Records the heartbeat of a node and its readiness report; removes nodes without a recent heartbeat.
-- KEYS[1] control meta
-- KEYS[2] nodes
-- ARGV[1] opening; [2] node; [3] report, or '' for a node that leaves; [4] forget after ms
-- Returns {'BEAT', tick, node, seen, report, node, seen, report …}
-- @include shard
-- @include write
local meta = open_shard()
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[2], ARGV[2])
else
  redis.call('HSET', KEYS[2], ARGV[2], text(meta.tick) .. '|' .. ARGV[3])
end
local answer = { 'BEAT', meta.tick }
local all = redis.call('HGETALL', KEYS[2])
for i = 1, #all, 2 do
  local seen, report = string.match(all[i + 1], '^(%d+)|(.*)$')
  if seen and meta.tick - tonumber(seen) <= tonumber(ARGV[4]) then
    answer[#answer + 1] = all[i]
    answer[#answer + 1] = tonumber(seen)
    answer[#answer + 1] = report
  else
    redis.call('HDEL', KEYS[2], all[i])
  end
end
return answer

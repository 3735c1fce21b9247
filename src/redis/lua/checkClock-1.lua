#!lua flags=allow-oom
-- Returns whether scripts that grant would refuse because of a clock. Reads only; not declared no-writes, so that the
-- answer comes from a server that takes writes.
-- KEYS[1] shard meta
-- ARGV[1] node's clock and bound
-- Returns {'TRUSTED'} or {'DOUBTED', 'skew' or 'ahead', difference in ms}
-- @include shard
local meta = read_meta(ARGV[1])
if meta.doubt then return { 'DOUBTED', meta.doubt, meta.off } end
return { 'TRUSTED' }

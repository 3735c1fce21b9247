#!lua
-- Leases units of a budget that several instances share: at most the wanted number, none when fewer than the needed
-- number are left. Leased units count as spent, even if the instance never uses them.
-- KEYS[1] shard meta
-- KEYS[2] bucket
-- ARGV[1] opening; [2] interval of a unit in microseconds; [3] burst; [4] units needed; [5] units wanted
-- Returns {'LEASED', units, units left} or {'EMPTY', us until the needed units are available, units left}
-- @include shard
-- @include write
-- @include budget
local meta = open_shard()
local interval, need = tonumber(ARGV[2]), tonumber(ARGV[4])
local bucket = open_bucket(redis.pcall('GET', KEYS[2]), need * interval, tonumber(ARGV[3]) * interval, meta.tick)
local wait = bucket_wait(bucket)
local units = wait == 0 and math.min(tonumber(ARGV[5]), math.floor(bucket_room(bucket) / interval)) or 0
bucket.full_at = bucket.full_at + units * interval
if units > 0 or bucket.mended then redis.call('SET', KEYS[2], text(bucket.full_at), 'PXAT', bucket_expiry(bucket)) end
local left = math.floor(bucket_room(bucket) / interval)
if wait > 0 then return { 'EMPTY', wait, left } end
return { 'LEASED', units, left }

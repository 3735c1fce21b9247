#!lua
-- Updates the hash of audience holders from one document, unless the document has another version by now. For a store
-- of an earlier build, which has no such hash.
-- KEYS[1] control meta
-- KEYS[2] resources
-- KEYS[3] audience holders
-- ARGV[1] opening; [2] id; [3] version; [4] JSON array of {key, uri} to add; [5] of {key, uri} to take away;
-- ARGV[6] how long former holders are remembered, ms
-- Returns {'INDEXED'} or {'CONFLICT'}
-- @include shard
-- @include audiences
local id = ARGV[2]
local stored = redis.call('HGET', KEYS[2], id)
if not stored or cjson.decode(stored).version ~= tonumber(ARGV[3]) then return { 'CONFLICT' } end
local tick = read_meta(ARGV[1]).tick
local function change(audience, adds)
  local entry = decode_audience(redis.call('HGET', KEYS[3], audience[1]))
  local now = {}
  for _, holder in ipairs(entry.now) do
    if holder.id ~= id or holder.uri ~= audience[2] then
      now[#now + 1] = holder
    elseif not adds then
      lose_audience(entry, holder, tick, #entry.now > 1)
    end
  end
  if adds then now[#now + 1] = { id = id, uri = audience[2] } end
  entry.now = now
  local kept = encode_audience(entry, tick - tonumber(ARGV[6]))
  if kept == '' then redis.call('HDEL', KEYS[3], audience[1]) else redis.call('HSET', KEYS[3], audience[1], kept) end
end
for _, audience in ipairs(cjson.decode(ARGV[5])) do change(audience, false) end
for _, audience in ipairs(cjson.decode(ARGV[4])) do change(audience, true) end
return { 'INDEXED' }

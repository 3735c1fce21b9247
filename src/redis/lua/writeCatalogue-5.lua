#!lua
-- Creates or replaces a resource or resource server in the control slot by compare-and-set. Writes the intent that
-- carries the new registry generation and the floors of what was removed to every shard.
-- KEYS[1] control meta
-- KEYS[2] audit stream
-- KEYS[3] documents
-- KEYS[4] audience holders
-- KEYS[5] intents
-- ARGV[1] opening; [2] id; [3] expected version (0: none yet); [4] document; [5] event; [6] intent id;
-- ARGV[7] JSON array of {key, uri} of its current audiences, no key twice; [8] JSON array of the former keys;
-- ARGV[9] how long former holders are remembered, ms; [10] JSON array of further fields to raise
-- Returns {'WRITTEN', generation, floors}, {'CONFLICT', version} or {'AUDIENCE_TAKEN', audience, its holder's spelling}
-- @include shard
-- @include write
-- @include audit
-- @include audiences
local id = ARGV[2]
local stored = redis.call('HGET', KEYS[3], id)
local version = stored and cjson.decode(stored).version or 0
if version ~= tonumber(ARGV[3]) then return { 'CONFLICT', text(version) } end
local wanted, touched = {}, cjson.decode(ARGV[8])
for _, audience in ipairs(cjson.decode(ARGV[7])) do
  local key, uri = audience[1], audience[2]
  local other, holds = false, false
  for _, holder in ipairs(decode_audience(redis.call('HGET', KEYS[4], key)).now) do
    if holder.id ~= id then other = holder end
    if holder.id == id and holder.uri == uri then holds = true end
  end
  -- An audience that an earlier build registered twice stays until it is removed.
  if other and not holds then return { 'AUDIENCE_TAKEN', uri, other.uri } end
  wanted[key] = uri
  touched[#touched + 1] = key
end

local meta = open_shard()
append_event(meta, ARGV[5])
local floors, raised = {}, {}
local function add_floor(field, rev_id)
  if raised[field] then return end
  raised[field] = true
  floors[#floors + 1] = { field, rev_id }
end
for _, field in ipairs(cjson.decode(ARGV[10])) do add_floor(field, ARGV[6]) end
local function hold(key)
  local uri = wanted[key]
  local entry = decode_audience(redis.call('HGET', KEYS[4], key))
  local exact = #entry.now > 1
  local now = {}
  for _, holder in ipairs(entry.now) do
    if holder.id ~= id then
      now[#now + 1] = holder
    elseif not uri or (exact and holder.uri ~= uri) then
      lose_audience(entry, holder, meta.tick, exact)
      add_floor(exact and 'audience_spelling:' .. holder.uri or 'audience:' .. key, ARGV[6])
    end
  end
  if uri then now[#now + 1] = { id = id, uri = uri } end
  entry.now = now
  local kept = encode_audience(entry, meta.tick - tonumber(ARGV[9]))
  if kept == '' then redis.call('HDEL', KEYS[4], key) else redis.call('HSET', KEYS[4], key, kept) end
end
local seen = {}
for _, key in ipairs(touched) do
  if not seen[key] then hold(key) end
  seen[key] = true
end

-- A shard with this generation must have the floors of every earlier change, so floors still pending from earlier
-- changes are included.
for _, pending in ipairs(redis.call('HVALS', KEYS[5])) do
  local intent = cjson.decode(pending)
  if intent.which == 'registry' then
    for _, floor in ipairs(intent.floors or {}) do add_floor(floor[1], floor[2]) end
  end
end
local generation = redis.call('HINCRBY', KEYS[1], 'g:registry', 1)
local some = #floors > 0 and floors or nil
redis.call('HSET', KEYS[5], ARGV[6],
  cjson.encode({ kind = 'generation', which = 'registry', value = generation, floors = some }))
redis.call('HSET', KEYS[3], id, ARGV[4])
return { 'WRITTEN', generation, some and cjson.encode(some) or '[]' }

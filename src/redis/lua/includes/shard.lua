-- The shard's meta, KEYS[1] in every script: the only place of sequence, tick and epoch.
local function text(number)
  return string.format('%.0f', number)
end

-- The current server identity: a restart changes run_id, a promotion or failback master_replid.
local function server_info()
  return redis.call('INFO', 'server', 'replication')
end

local function server_identity(info)
  return string.match(info, 'run_id:(%x+)') .. '/' .. string.match(info, 'master_replid:(%x+)')
end

-- Returns whether the server still has this identity. Plain finds: the patterns above cost ten times as much.
local function is_same_server(info, identity)
  local run, replid = string.sub(identity, 1, 40), string.sub(identity, 42)
  return string.find(info, 'run_id:' .. run .. '\r', 1, true) and
    string.find(info, 'master_replid:' .. replid .. '\r', 1, true)
end

local function server_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function read_meta()
  local m = redis.call('HMGET', KEYS[1], 'identity', 'epoch', 'epoch_began', 'tick', 'seq',
    'g:registry', 'g:policy', 'g:keyring')
  -- A tick that steps back would revive expired records.
  local tick = math.max(server_ms(), tonumber(m[4] or '0'))
  return {
    identity = m[1], epoch = m[2], epoch_began = tonumber(m[3] or '0'), tick = tick,
    seq = tonumber(m[5] or '0'),
    registry = tonumber(m[6] or '0'), policy = tonumber(m[7] or '0'), keyring = tonumber(m[8] or '0'),
  }
end

-- For read-only scripts: the epoch if the server still has the identity it was drawn under, else false.
local function current_epoch(meta)
  return meta.identity and is_same_server(server_info(), meta.identity) and meta.epoch
end

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

-- `opening` ends with the node's clock and the bound, in milliseconds. The clock is in doubt when TIME and the node's
-- clock are further apart than the bound ('skew'), or the tick is further ahead of TIME ('ahead').
local function read_meta(opening)
  local m = redis.call('HMGET', KEYS[1], 'identity', 'epoch', 'epoch_began', 'tick', 'seq',
    'g:registry', 'g:policy', 'g:keyring', 'id_floor')
  local node, bound = string.match(opening, '(%d+) (%d+)$')
  node, bound = tonumber(node), tonumber(bound)
  local time, stored = server_ms(), tonumber(m[4])
  local doubt, off = false, 0
  if math.abs(time - node) > bound then doubt, off = 'skew', time - node
  elseif stored and stored - time > bound then doubt, off = 'ahead', stored - time end
  -- A tick that steps back would revive expired records; one taken from a wrong clock would stay.
  local tick = math.max(time, stored or 0)
  if doubt then tick = stored or math.min(time, node) end
  return {
    identity = m[1], epoch = m[2], epoch_began = tonumber(m[3]), tick = tick,
    seq = tonumber(m[5] or '0'),
    registry = tonumber(m[6] or '0'), policy = tonumber(m[7] or '0'), keyring = tonumber(m[8] or '0'),
    id_floor = tonumber(m[9] or '0'), doubt = doubt, off = off, node = node, time = time, stored = stored,
    -- New lifetimes begin at the lower clock and end at the latest.
    lower = math.min(time, tick), latest = math.max(time, tick, node - bound),
  }
end

-- Reply of a script that grants, in place of its work, while the clock is in doubt. Nothing may be written before.
local function clock_refusal(meta)
  return { 'CLOCK', meta.doubt, meta.off }
end

-- For read-only scripts: the epoch if the server still has the identity it was drawn under, else false.
local function current_epoch(meta)
  return meta.identity and is_same_server(server_info(), meta.identity) and meta.epoch
end

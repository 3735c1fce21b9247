-- For scripts that write: takes the next sequence, and draws a new epoch (the candidate at the start of ARGV[1]) when the
-- server identity has changed. Runs before any other write, so no sequence is used twice. While the clock is in doubt the
-- tick is not written, and the beginning of a new epoch stays open until the next write with a trusted clock.
local function open_shard(read)
  local meta = read or read_meta(ARGV[1])
  local info = server_info()
  meta.seq = meta.seq + 1
  local drawn = not meta.epoch or not meta.identity or not is_same_server(info, meta.identity)
  if drawn then
    meta.epoch, meta.epoch_began = string.match(ARGV[1], '^%x+'), nil
    redis.call('HSET', KEYS[1], 'identity', server_identity(info), 'epoch', meta.epoch, 'epoch_began', '',
      'seq', text(meta.seq))
  end
  if meta.doubt then
    -- Without a stored tick, the next doubtful time may be lower. The ids of the stream must not be.
    if not meta.stored then meta.id_floor = math.max(meta.id_floor, meta.tick) end
    redis.call('HSET', KEYS[1], 'seq', text(meta.seq), 'id_floor', text(meta.id_floor))
  elseif meta.epoch_began then
    redis.call('HSET', KEYS[1], 'tick', text(meta.tick), 'seq', text(meta.seq))
  else
    meta.epoch_began = meta.tick
    redis.call('HSET', KEYS[1], 'epoch_began', text(meta.tick), 'tick', text(meta.tick), 'seq', text(meta.seq))
  end
  return meta
end

-- For a script with an answer that counts only after a later open_shard: takes the next sequence, and leaves the check of the
-- server identity to that call. INFO would cost a tenth of a short script. Only with a trusted clock.
local function pass_shard(meta)
  if not meta.epoch or not meta.identity then return open_shard(meta) end
  meta.seq = meta.seq + 1
  redis.call('HSET', KEYS[1], 'tick', text(meta.tick), 'seq', text(meta.seq))
  return meta
end

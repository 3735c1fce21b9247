-- For scripts that write: takes the next sequence, and draws a new epoch (the candidate in ARGV[1]) when the server
-- identity has changed. Runs before any other write, so no sequence is used twice.
local function open_shard()
  local meta = read_meta()
  local info = server_info()
  meta.seq = meta.seq + 1
  if not meta.epoch or not meta.identity or not is_same_server(info, meta.identity) then
    meta.epoch = ARGV[1]
    meta.epoch_began = meta.tick
    redis.call('HSET', KEYS[1], 'identity', server_identity(info), 'epoch', meta.epoch, 'epoch_began', text(meta.tick),
      'tick', text(meta.tick), 'seq', text(meta.seq))
  else
    redis.call('HSET', KEYS[1], 'tick', text(meta.tick), 'seq', text(meta.seq))
  end
  return meta
end

-- For a script with an answer that counts only after a later open_shard: takes the next sequence, and leaves the check of the
-- server identity to that call. INFO would cost a tenth of a short script.
local function pass_shard()
  local meta = read_meta()
  if not meta.epoch or not meta.identity then return open_shard() end
  meta.seq = meta.seq + 1
  redis.call('HSET', KEYS[1], 'tick', text(meta.tick), 'seq', text(meta.seq))
  return meta
end

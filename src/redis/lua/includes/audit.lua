-- Appends one event (or a batch, a JSON array) to the shard's stream, KEYS[2]. (shard, epoch, seq) is its identity.
-- Ids never fall: after a reset of the clock they keep the former time, and the entry has its own in `at`.
local function append_event(meta, event)
  if meta.tick >= meta.id_floor then
    redis.call('XADD', KEYS[2], text(meta.tick) .. '-' .. text(meta.seq), 'epoch', meta.epoch, 'event', event)
  else
    redis.call('XADD', KEYS[2], text(meta.id_floor) .. '-' .. text(meta.seq), 'epoch', meta.epoch, 'event', event,
      'at', text(meta.tick))
  end
end

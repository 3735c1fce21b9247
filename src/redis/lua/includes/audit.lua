-- Appends one event (or a batch, a JSON array) to the shard's stream, KEYS[2]. (shard, epoch, seq) is its identity.
local function append_event(meta, event)
  redis.call('XADD', KEYS[2], text(meta.tick) .. '-' .. text(meta.seq), 'epoch', meta.epoch, 'event', event)
end

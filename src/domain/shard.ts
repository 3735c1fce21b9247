import { crc32 } from 'node:zlib';

/**
 * Returns the shard of an agent: CRC-32 (IEEE 802.3, as in zlib) of the UTF-8 id, modulo the shard count.
 * All state of one request is in one shard, hence in one Redis Cluster slot.
 */
export function shardOfAgent(agentId: string, shards: number): number {
  return crc32(agentId) % shards;
}

/** Returns true for the number of one of `shards` shards. */
export function isShardNumber(shard: number, shards: number): boolean {
  return Number.isInteger(shard) && shard >= 0 && shard < shards;
}

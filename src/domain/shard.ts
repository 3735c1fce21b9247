import { crc32 } from 'node:zlib';

/**
 * The shard of an agent: CRC-32 (IEEE 802.3, as zlib computes it) of the UTF-8 id, modulo the shard count.
 * All state one request touches is in one shard, hence in one Redis Cluster slot.
 */
export function shardOfAgent(agentId: string, shards: number): number {
  return crc32(agentId) % shards;
}

/** Whether a number names one of `shards` shards. */
export function isShardNumber(shard: number, shards: number): boolean {
  return Number.isInteger(shard) && shard >= 0 && shard < shards;
}

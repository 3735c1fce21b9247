import { unavailable } from '../../domain/errors.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** Settings that the processes of a store share. */
export interface StoreSettings {
  /** Equal in all of them: with another count, stored records would not be found. */
  readonly shards: number;
  /** The longest lifetime that any of them was ever started with: what it covers must be remembered for as long. */
  readonly maxTtlSeconds: number;
}

/**
 * Writes the settings at the first start; compares the shard count and raises the lifetime afterwards; then draws
 * missing shard epochs. Throws with both shard counts when they differ.
 */
export async function openStore(context: StoreContext, settings: StoreSettings): Promise<void> {
  const { shards: mine, maxTtlSeconds } = settings;
  const reply = await context.runner.run(
    'openSettings',
    [context.keys.settings],
    [mine, maxTtlSeconds],
  );
  if (reply[0] !== 'OPEN') throw unexpectedReply('openSettings', reply);
  if (reply[1] !== mine) {
    throw new Error(
      `the store was made with redis.shards ${String(reply[1])}, the configuration says ${String(mine)}; ` +
        `set redis.shards to ${String(reply[1])}, or use another redis.prefix for a new store`,
    );
  }
  const shards = Array.from({ length: context.shards }, (_, shard) => shard);
  await Promise.all(
    [...shards, 'control' as const].map((shard) =>
      context.runner.run('openShard', [context.keys.meta(shard)], [context.runner.opening()]),
    ),
  );
}

/**
 * Returns the longest time for which a token of any process of the store counts as live: its lifetime and the skew, in
 * milliseconds. Read at each use, since another process may have raised it. Throws 503.
 */
export async function longestTokenMs(
  { runner, keys }: StoreContext,
  skewSeconds: number,
): Promise<number> {
  try {
    const stored = JSON.parse((await runner.client.get(keys.settings)) ?? '') as StoreSettings;
    return (stored.maxTtlSeconds + skewSeconds) * 1000;
  } catch (error) {
    throw unavailable('reading the settings of the store failed', error);
  }
}

/** Returns the configuration revision applied last to the registry; 0 when there was none. */
export async function readConfigRevision({ runner, keys }: StoreContext): Promise<string> {
  try {
    return (await runner.client.get(keys.configRevision)) ?? '';
  } catch (error) {
    throw unavailable('reading the configuration revision failed', error);
  }
}

/** Stores the applied revision. */
export async function writeConfigRevision(
  { runner, keys }: StoreContext,
  revision: string,
): Promise<void> {
  try {
    await runner.client.set(keys.configRevision, revision);
  } catch (error) {
    throw unavailable('writing the configuration revision failed', error);
  }
}

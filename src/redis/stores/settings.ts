import { unavailable } from '../../domain/errors.js';
import { candidateEpoch, type StoreContext } from '../context.js';

/** Settings that must be equal in all processes that share a store. */
export interface StoreSettings {
  readonly shards: number;
  readonly maxTtlSeconds: number;
}

/**
 * Writes the settings at the first start and compares them afterwards; then draws missing shard epochs.
 * Throws with the differing settings: with another shard count, stored records would not be found.
 */
export async function openStore(context: StoreContext, settings: StoreSettings): Promise<void> {
  const { client } = context.runner;
  const mine = JSON.stringify(settings);
  await client.setnx(context.keys.settings, mine);
  const stored = await client.get(context.keys.settings);
  if (stored !== mine) {
    throw new Error(`the store was made with ${String(stored)}, the configuration says ${mine}`);
  }
  const shards = Array.from({ length: context.shards }, (_, shard) => shard);
  await Promise.all(
    [...shards, 'control' as const].map((shard) =>
      context.runner.run('openShard', [context.keys.meta(shard)], [candidateEpoch()]),
    ),
  );
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

import type { AuditEvent } from '../../domain/audit.js';
import { unavailable } from '../../domain/errors.js';
import type { IntentResumer } from '../../domain/worker-ports.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** A field of the revocations to raise, and the `rev_id` of the change. */
export type Floor = readonly [field: string, revId: string];

/** A change for every shard. Applying it twice or late has no further effect. */
export type Intent =
  | {
      readonly kind: 'generation';
      readonly which: 'registry' | 'policy' | 'keyring';
      readonly value: number;
      /** Fields of registry entries that the change removed. */
      readonly floors?: readonly Floor[];
    }
  | {
      readonly kind: 'revocation';
      readonly field: string;
      readonly mode: 'floor' | 'permanent' | 'lift';
      readonly deny: boolean;
      readonly revId: string;
      /** Further fields with a floor to raise. */
      readonly alsoFields?: readonly string[];
    };
/** Calls of one shard before it counts as missing: a lost answer must not lead to a 202. */
const TRIES = 3;
/** The stored intent: with its order, and the missing shards after a first attempt. */
type Kept = Intent & { readonly order?: number; readonly missing?: readonly number[] };

/** Records an intent and its event in the control slot. Returns its order among control writes. */
export async function writeIntent(
  { runner, keys }: StoreContext,
  id: string,
  intent: Intent,
  event: AuditEvent,
): Promise<number> {
  const reply = await runner.run(
    'writeIntent',
    [keys.meta('control'), keys.audit('control'), keys.intents],
    [runner.opening(), id, JSON.stringify(intent), eventText(event)],
  );
  if (reply[0] !== 'WRITTEN' || typeof reply[1] !== 'number') {
    throw unexpectedReply('writeIntent', reply);
  }
  return reply[1];
}

/**
 * Applies an intent to every shard, one call each, and deletes it when none is missing.
 * Returns the missing shards.
 */
export async function applyIntent(
  context: StoreContext,
  id: string,
  intent: Intent,
  order: number,
  among?: readonly number[],
): Promise<readonly number[]> {
  let missing = among ?? Array.from({ length: context.shards }, (_, shard) => shard);
  for (let tries = 0; tries < TRIES && missing.length > 0; tries++) {
    const applied = await Promise.allSettled(
      missing.map((shard) => applyToShard(context, shard, intent, order)),
    );
    missing = missing.filter((_, index) => applied[index]?.status !== 'fulfilled');
  }
  // If this write fails, the intent is applied to every shard again, which revokes more and never less.
  await keep(context, id, { ...intent, order, missing }).catch(() => undefined);
  return missing;
}

/**
 * Deletes a completed intent; otherwise stores which shards are missing, so that the others are
 * skipped.
 */
async function keep({ runner, keys }: StoreContext, id: string, kept: Kept): Promise<void> {
  if (kept.missing?.length === 0) await runner.client.hdel(keys.intents, id);
  else await runner.client.hset(keys.intents, id, JSON.stringify(kept));
}

async function applyToShard(
  { runner, keys }: StoreContext,
  shard: number,
  intent: Intent,
  order: number,
): Promise<void> {
  if (intent.kind === 'generation') {
    const floors = JSON.stringify(intent.floors ?? []);
    const args = [runner.opening(), intent.which, intent.value, floors];
    const shardKeys = [keys.meta(shard), keys.revocations(shard)];
    const reply = await runner.run('raiseGeneration', shardKeys, args);
    if (reply[0] !== 'RAISED') throw unexpectedReply('raiseGeneration', reply);
    return;
  }
  const apply = async (field: string, mode: string, deny: number): Promise<void> => {
    const reply = await runner.run(
      'applyRevocation',
      [keys.meta(shard), keys.audit(shard), keys.revocations(shard)],
      [runner.opening(), field, mode, deny, order, intent.revId, ''],
    );
    if (reply[0] !== 'APPLIED') throw unexpectedReply('applyRevocation', reply);
  };
  await apply(intent.field, intent.mode, intent.deny ? 1 : 0);
  for (const field of intent.alsoFields ?? []) await apply(field, 'floor', 0);
}

/** Creates the resumer of intents that a crash or an unreachable shard left incomplete. */
export function createIntentResumer(context: StoreContext): IntentResumer {
  return {
    async resume() {
      const pending = await readIntents(context);
      let completed = 0;
      for (const [id, text] of pending) {
        const { order = 0, missing: among, ...intent } = JSON.parse(text) as Kept;
        const missing = await applyIntent(context, id, intent, order, among);
        if (missing.length === 0) completed++;
      }
      return completed;
    },
  };
}

async function readIntents({ runner, keys }: StoreContext): Promise<[string, string][]> {
  try {
    return Object.entries(await runner.client.hgetall(keys.intents));
  } catch (error) {
    throw unavailable('reading the intents failed', error);
  }
}

/**
 * Raises a generation in every shard.
 * Throws 503 while a shard is missing; the sweeper completes the intent.
 */
export async function raiseGeneration(
  context: StoreContext,
  id: string,
  which: 'registry' | 'policy' | 'keyring',
  value: number,
  floors: readonly Floor[] = [],
): Promise<void> {
  const missing = await applyIntent(context, id, { kind: 'generation', which, value, floors }, 0);
  if (missing.length > 0) {
    throw unavailable(`the ${which} generation is missing in shards ${missing.join(', ')}`);
  }
}

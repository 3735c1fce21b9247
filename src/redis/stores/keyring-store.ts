import { unavailable } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { KeyringStore } from '../../domain/ports.js';
import type { KeyringDocument } from '../../domain/token.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';
import { raiseGeneration } from './intents.js';

/**
 * Creates the store of the keyring: one document in the control slot, replaced by compare-and-set.
 * Every shard receives its generation.
 */
export function createKeyringStore(context: StoreContext): KeyringStore {
  const { runner, keys } = context;
  return {
    async read() {
      try {
        const text = await runner.client.get(keys.keyring);
        return text === null ? undefined : (JSON.parse(text) as KeyringDocument);
      } catch (error) {
        throw unavailable('reading the keyring failed', error);
      }
    },
    async replace(expected, next, events) {
      const intentId = newId('rev');
      const reply = await runner.run(
        'replaceKeyring',
        [keys.meta('control'), keys.audit('control'), keys.keyring, keys.intents],
        [runner.opening(), expected, JSON.stringify(next), eventText(events), intentId],
      );
      if (reply[0] === 'CONFLICT') return false;
      if (reply[0] !== 'WRITTEN') throw unexpectedReply('replaceKeyring', reply);
      await raiseGeneration(context, intentId, 'keyring', next.generation);
      return true;
    },
    async highestGeneration() {
      const shards = Array.from({ length: context.shards }, (_, shard) => shard);
      try {
        const texts = await Promise.all(
          [...shards, 'control' as const].map((slot) =>
            runner.client.hget(keys.meta(slot), 'g:keyring'),
          ),
        );
        return Math.max(...texts.map(generationOf));
      } catch (error) {
        throw unavailable('reading the keyring generations failed', error);
      }
    },
    async tickMs() {
      const reply = await runner.run('openShard', [keys.meta('control')], [runner.opening()]);
      return Number(reply[2]);
    },
  };
}

/** Returns the generation in a slot's meta; 0 when it has none. Throws when it is not a number. */
function generationOf(text: string | null): number {
  const generation = Number(text ?? 0);
  if (!Number.isSafeInteger(generation)) throw new Error('not a generation');
  return generation;
}

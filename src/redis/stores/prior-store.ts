import { unavailable } from '../../domain/errors.js';
import type { PriorStore } from '../../domain/signal-ports.js';
import type { StoreContext } from '../context.js';

/**
 * Creates the store of the fleet's priors, one key of the control slot, and samples the shards' agent
 * indexes.
 */
export function createPriorStore({ runner, keys }: StoreContext): PriorStore {
  const { client } = runner;
  return {
    async read() {
      const text = await guarded(() => client.get(keys.signalPriors).catch(notText));
      return text ?? undefined;
    },
    async write(text) {
      await guarded(() => client.set(keys.signalPriors, text));
    },
    sample: (shard, count) => guarded(() => client.zrandmember(keys.agents(shard), count)),
  };
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('the fleet priors cannot be reached', error);
  }
}

/** Returns an empty text for a key of another type, which must not keep a service from starting. */
function notText(error: unknown): string {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return '';
  throw error;
}

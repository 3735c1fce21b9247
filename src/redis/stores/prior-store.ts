import { unavailable } from '../../domain/errors.js';
import type { PriorStore } from '../../domain/signal-ports.js';
import type { StoreContext } from '../context.js';

/** The fleet's priors in one key of the control slot, and samples of the shards' indexes of agents. */
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

/** A key of another type holds no document, as does a text that is none; it must not keep a service from starting. */
function notText(error: unknown): string {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return '';
  throw error;
}

import { shardOfAgent } from '../../domain/shard.js';
import type { SignalReader } from '../../domain/signal-ports.js';
import { candidateEpoch, eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** What is kept of agents' behaviour, each in the shard of its id. */
export function createSignalReader({ runner, keys, shards }: StoreContext): SignalReader {
  return {
    read: () => Promise.resolve(undefined),
    export: () => Promise.resolve(undefined),
    async reset(agentId, event) {
      const shard = shardOfAgent(agentId, shards);
      const reply = await runner.run(
        'resetSignals',
        [keys.meta(shard), keys.audit(shard), keys.signals(shard, agentId)],
        [candidateEpoch(), eventText(event)],
      );
      if (reply[0] !== 'RESET') throw unexpectedReply('resetSignals', reply);
    },
  };
}

import type { AuditEvent } from '../../domain/audit.js';
import { shardOfAgent } from '../../domain/shard.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/** Counts unexpected callers in an agent's score and records the event, in one step. Throws 503. */
export type RecordMisuse = (agentId: string, callers: number, event: AuditEvent) => Promise<void>;

export function createMisuseRecorder({ runner, keys, shards }: StoreContext): RecordMisuse {
  return async (agentId, callers, event) => {
    const shard = shardOfAgent(agentId, shards);
    const reply = await runner.run(
      'countMisuse',
      [
        keys.meta(shard),
        keys.audit(shard),
        keys.signals(shard, agentId),
        keys.agent(shard, agentId),
      ],
      [runner.opening(), eventText(event), callers],
    );
    if (reply[0] !== 'COUNTED' && reply[0] !== 'GONE') throw unexpectedReply('countMisuse', reply);
  };
}

import type { AuditEvent } from '../../domain/audit.js';
import type { DecisionRecorder } from '../../domain/ports.js';
import { shardOfAgent } from '../../domain/shard.js';
import type { StreamName } from '../../domain/worker-ports.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Creates the recorder of decisions without a token, in the agent's shard.
 * Throws 503: every answer is recorded first.
 */
export function createDecisionRecorder({ runner, keys, shards }: StoreContext): DecisionRecorder {
  return {
    async record(agentId, event, counts, inputText) {
      const shard = shardOfAgent(agentId, shards);
      const reply = await runner.run(
        'recordDecision',
        [keys.meta(shard), keys.audit(shard), keys.signals(shard, agentId)],
        [runner.opening(), eventText(event, inputText), counts === 'denied' ? 1 : 0],
      );
      if (reply[0] !== 'RECORDED') throw unexpectedReply('recordDecision', reply);
    },
  };
}

/** Appends events as one entry to a stream. Returns the stream's tick in milliseconds. */
export async function recordEvents(
  { runner, keys }: StoreContext,
  stream: StreamName,
  events: readonly AuditEvent[],
): Promise<number> {
  const reply = await runner.run(
    'recordEvents',
    [keys.meta(stream), keys.audit(stream)],
    [runner.opening(), eventText(events)],
  );
  if (reply[0] !== 'RECORDED' || typeof reply[1] !== 'number') {
    throw unexpectedReply('recordEvents', reply);
  }
  return reply[1];
}

import { openAuditStore } from '../../src/audit/store.js';
import { NEUTRAL_INPUT } from '../../src/policy/serving/neutral-input.js';
import { entry, event } from '../unit/audit/fakes.js';

const EVENTS = 60_000;
const BATCH = 1000;

/** Makes the record of a busy agent, with one irrevocable delivery, at the path of a store. */
export function makeBusyRecord(
  path: string,
  agentId: string,
  revision: string,
): { readonly decisionId: string; readonly deliveryId: string } {
  const store = openAuditStore(path, { endpoints: ['gone'] });
  const decisionId = 'dec_busy';
  const input = { ...NEUTRAL_INPUT, agent: { ...NEUTRAL_INPUT.agent, id: agentId } };
  const decided = { agent_id: agentId, policy_revision: revision, rules: ['r'] };
  store.appendBatch(
    'control',
    undefined,
    [
      entry(1, [
        event({ ...decided, type: 'access.denied', decision_id: decisionId, policy_input: input }),
        event({ type: 'revocation.applied', detail: { by: 'agent', value: 'crawler' } }),
      ]),
    ],
    { epoch: 'e1', streamId: '1001-1' },
  );
  const text = { declared_reason: 'x'.repeat(64) };
  const one = event({ ...decided, ...text, session_id: 's' });
  const other = event({ ...decided, ...text, task_id: 't' });
  const startMs = Date.now() - 86_400_000;
  for (let seq = 1, cursor; seq <= EVENTS / BATCH; seq++) {
    const streamId = `${String(startMs + seq)}-${String(seq)}`;
    // No event has the session and the task: a query for both reads a half of all.
    const events = Array.from({ length: BATCH }, (_, n) => (n % 2 === 0 ? one : other));
    const written = entry(seq, events, { tickMs: startMs + seq * 400_000 });
    store.appendBatch(0, cursor, [written], { epoch: 'e1', streamId });
    cursor = store.cursor(0);
  }
  const [delivery] = store.deliveries.list({ cursor: undefined, limit: 1 }).items;
  const deliveryId = delivery?.id ?? '';
  store.deliveries.recordAttempt(deliveryId, { state: 'irrevocable', error: 'gone', atMs: 1 });
  store.close();
  return { decisionId, deliveryId };
}

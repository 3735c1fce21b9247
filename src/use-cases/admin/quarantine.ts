import { CountersignError, unavailable } from '../../domain/errors.js';
import type { Quarantine } from '../ports.js';
import { changeAgent, type AgentChangeDeps } from './agent-change.js';
import { quarantineEdit } from './agent-status.js';

const POLICY = { kind: 'system', id: 'policy' } as const;

/** What the policy's obligation to quarantine does: status, reasons, event and every token it holds, in one step. */
export function createQuarantine(deps: AgentChangeDeps): Quarantine {
  return async ({ agent, requestId, ...order }) => {
    let done = false;
    try {
      await changeAgent(deps, {
        id: agent.spec.id,
        type: 'agent.status_changed',
        context: { requestId, principal: POLICY },
        edit: (record, nowMs) => {
          const edit = quarantineEdit(record, order, POLICY, nowMs);
          done = edit !== undefined;
          return edit;
        },
      });
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      // Deleted meanwhile: its tokens are cut, and it cannot ask again.
      if (error.code === 'not_found') return false;
      if (error.code !== 'conflict') throw error;
      throw unavailable('the agent kept changing while it was to be quarantined', error);
    }
    return done;
  };
}

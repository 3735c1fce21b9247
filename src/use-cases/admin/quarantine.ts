import { CountersignError, unavailable } from '../../domain/errors.js';
import type { Quarantine } from '../ports.js';
import { changeAgent, type AgentChangeDeps } from './agent-change.js';
import { quarantineEdit } from './agent-status.js';

const POLICY = { kind: 'system', id: 'policy' } as const;

/** Creates the quarantine obligation: status, reason, event and token revocation in one atomic step. */
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
      // Deleted concurrently: its tokens are revoked, and it cannot request more.
      if (error.code === 'not_found') return false;
      if (error.code !== 'conflict') throw error;
      throw unavailable('quarantine lost every compare-and-set on the agent', error);
    }
    return done;
  };
}

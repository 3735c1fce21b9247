import type { AgentOperations } from '../operations.js';
import type { Quarantine } from '../ports.js';

/** What the policy's obligation to quarantine does: the agent's status, and every token it holds, in one step. */
export function createQuarantine(agents: Pick<AgentOperations, 'setStatus'>): Quarantine {
  return async (agent, reason, requestId) => {
    await agents.setStatus(agent.spec.id, 'quarantined', reason, {
      requestId,
      principal: { kind: 'system', id: 'policy' },
    });
  };
}

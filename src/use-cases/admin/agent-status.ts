import { CountersignError } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { AgentRecord, QuarantineNote } from '../../domain/records.js';
import type { Principal } from '../../domain/revocation.js';
import { saidOf } from '../../domain/signals.js';
import type { AgentRelease } from './context.js';
import type { QuarantineOrder } from '../ports.js';
import type { Edit } from './agent-change.js';

type Status = 'active' | 'disabled' | 'quarantined';

/** Returns the change of status by an operator; an inactive status revokes all tokens atomically. */
export function statusEdit(
  agent: AgentRecord,
  { status, reason, by }: { readonly status: Status; readonly reason: string; by: Principal },
  nowMs: number,
): Edit {
  // A repeated quarantine keeps its first start time.
  const since_ms = agent.quarantine?.since_ms ?? nowMs;
  return {
    agent: {
      ...withoutNote(agent),
      status,
      ...(status === 'quarantined' ? { quarantine: { since_ms, reason, by } } : {}),
    },
    detail: { status, previous: agent.status, reason },
    ...(status === 'active' ? {} : { options: { cutUnder: newId('rev') } }),
  };
}

/** Returns the quarantine ordered by the policy; undefined when the agent is no longer active. */
export function quarantineEdit(
  agent: AgentRecord,
  { reason, decisionId, signals }: Omit<QuarantineOrder, 'agent' | 'requestId'>,
  by: Principal,
  nowMs: number,
): Edit | undefined {
  if (agent.status !== 'active') return undefined;
  const { anomaly } = signals;
  const said = signals.terms.length === 0 ? {} : { signals: saidOf(signals.terms) };
  const note: QuarantineNote = {
    ...{ since_ms: nowMs, reason, by },
    ...{ decision_id: decisionId, anomaly, ...said },
  };
  return {
    agent: { ...withoutNote(agent), status: 'quarantined', quarantine: note },
    detail: { status: 'quarantined', previous: agent.status, reason },
    about: { decision_id: decisionId, anomaly, ...said },
    options: { cutUnder: newId('rev') },
  };
}

/**
 * Returns the release from quarantine. Revoked tokens stay revoked, since their floor stays.
 * Throws `conflict` when the agent is not quarantined.
 */
export function releaseEdit(agent: AgentRecord, { reason, signals }: AgentRelease): Edit {
  if (agent.status !== 'quarantined') {
    throw new CountersignError('conflict', `The agent is ${agent.status}, not quarantined.`);
  }
  return {
    agent: { ...withoutNote(agent), status: 'active' },
    detail: { status: 'active', previous: agent.status, reason, signals },
    ...(signals === 'kept' ? {} : { options: { signals } }),
  };
}

function withoutNote(agent: AgentRecord): AgentRecord {
  const { quarantine: _ended, ...rest } = agent;
  return rest;
}

import { newId } from '../../domain/ids.js';
import type { AgentRecord, SecretRecord } from '../../domain/records.js';
import type { AgentWriteOptions } from '../../domain/registry-ports.js';
import type { Edit } from './agent-change.js';

/** Returns the options of a write that revokes every token of an id and forgets its signals. */
export function fromNothing(): AgentWriteOptions {
  return { cutUnder: newId('rev'), signals: 'forgotten' };
}

/** Returns the deletion of an agent: its record and status stay for a restoration, its secrets do not. */
export function deletionEdit(agent: AgentRecord): Edit {
  const before = agent.status === 'deleted' ? {} : { status_before: agent.status };
  return {
    agent: { ...agent, ...before, status: 'deleted', secrets: [] },
    options: fromNothing(),
  };
}

/**
 * Returns the restoration of a deleted agent, with a new secret.
 * The status before the deletion returns, so no deletion ends a quarantine. A record without it, of an earlier build,
 * becomes `quarantined` or `disabled`.
 */
export function restorationEdit(
  { status_before, ...agent }: AgentRecord,
  secret: SecretRecord,
  reason: string,
): Edit {
  const status = status_before ?? (agent.quarantine === undefined ? 'disabled' : 'quarantined');
  return {
    agent: { ...agent, status, secrets: [secret] },
    detail: { status, secret_id: secret.id, reason },
    options: fromNothing(),
  };
}

import type { AuditEvent, AuditEventType } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import { CountersignError } from '../../domain/errors.js';
import type { AgentRecord } from '../../domain/records.js';
import type { AgentStore, AgentWrite, AgentWriteOptions } from '../../domain/registry-ports.js';
import type { AdminContext } from './context.js';

export interface AgentChangeDeps {
  readonly store: AgentStore;
  readonly clock: Clock;
}

/** A change of an agent record, with the members of its event. */
export interface Edit {
  readonly agent: AgentWrite;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Members of the event in addition to its detail. */
  readonly about?: Partial<AuditEvent>;
  readonly options?: AgentWriteOptions;
}

export interface AgentChange {
  readonly id: string;
  readonly type: AuditEventType;
  readonly context: AdminContext;
  /** Returns the change; undefined when there is none. Throws to refuse it. */
  readonly edit: (agent: AgentRecord, nowMs: number) => Edit | undefined;
  /** Whether the change is one of a deleted record; others throw `not_found` for it. */
  readonly ofDeleted?: true;
}

/** Maximum attempts of a read-modify-write under concurrent writes. */
const CAS_TRIES = 5;

/** Reads an agent from the store. Throws `not_found`, also for a deleted agent. */
export async function readAgent(store: Pick<AgentStore, 'read'>, id: string): Promise<AgentRecord> {
  const agent = await store.read(id);
  if (agent === undefined) throw notFound();
  if (agent.status === 'deleted') throw deleted('not_found', 'agent');
  return agent;
}

/** Returns a 404 or 409 that names the ways to use the id of a deleted client again. */
export function deleted(
  code: 'not_found' | 'conflict',
  kind: 'agent' | 'resource server',
): CountersignError {
  const reuse = 'create it with reuse_deleted=true (--reuse-deleted) to give the id to a new one';
  return new CountersignError(code, `The ${kind} of this id was deleted.`, {
    hint:
      kind === 'agent'
        ? `Restore it (countersign agent restore), or ${reuse}.`
        : `To use the id again, ${reuse}.`,
  });
}

/**
 * Reads, edits and writes an agent by compare-and-set, atomically with the event.
 * Throws `not_found`, `conflict`.
 */
export async function changeAgent(
  deps: AgentChangeDeps,
  change: AgentChange,
): Promise<AgentRecord> {
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const before = await (change.ofDeleted === true
      ? readDeleted(deps.store, change.id)
      : readAgent(deps.store, change.id));
    const nowMs = deps.clock.nowMs();
    const edit = change.edit(before, nowMs);
    if (edit === undefined) return before;
    const { version: _before, ...written } = { ...edit.agent, version: 0, updated_at_ms: nowMs };
    const event = {
      ...agentEvent(change.type, change.id, change.context, edit.detail),
      ...edit.about,
    };
    const after = await deps.store.write(written, before.version, event, edit.options);
    if (after !== undefined) return after;
  }
  throw conflict();
}

/** Reads the record of a deleted agent. Throws `not_found`, and `conflict` when the agent is not deleted. */
async function readDeleted(store: Pick<AgentStore, 'read'>, id: string): Promise<AgentRecord> {
  const agent = await store.read(id);
  if (agent === undefined) throw notFound();
  if (agent.status === 'deleted') return agent;
  throw new CountersignError('conflict', `The agent is ${agent.status}, not deleted.`);
}

export function agentEvent(
  type: AuditEventType,
  agentId: string,
  { requestId, principal }: AdminContext,
  detail: Readonly<Record<string, unknown>> | undefined,
): AuditEvent {
  return {
    type,
    request_id: requestId,
    principal,
    agent_id: agentId,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Returns a 404 for an unknown or deleted record. */
export function notFound(): CountersignError {
  return new CountersignError('not_found', 'There is no such record.');
}

/** Returns a 409 for a lost compare-and-set. */
export function conflict(): CountersignError {
  return new CountersignError('conflict', 'The record exists already or was changed concurrently.');
}

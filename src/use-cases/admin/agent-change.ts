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

/** What to write, and what the event says of it. */
export interface Edit {
  readonly agent: AgentWrite;
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Members of the event beside its detail. */
  readonly about?: Partial<AuditEvent>;
  readonly options?: AgentWriteOptions;
}

export interface AgentChange {
  readonly id: string;
  readonly type: AuditEventType;
  readonly context: AdminContext;
  /** Undefined when there is nothing to change; throws what refuses the change. */
  readonly edit: (agent: AgentRecord, nowMs: number) => Edit | undefined;
}

/** How often a change that reads and writes back is tried when others write the same record. */
const CAS_TRIES = 5;

/** The agent, from the store. Throws `not_found`, also for a deleted one. */
export async function readAgent(store: Pick<AgentStore, 'read'>, id: string): Promise<AgentRecord> {
  const agent = await store.read(id);
  if (agent === undefined || agent.status === 'deleted') throw notFound();
  return agent;
}

/** Reads, edits and writes back by compare-and-set, with the event in the same step. Throws `not_found`, `conflict`. */
export async function changeAgent(
  deps: AgentChangeDeps,
  change: AgentChange,
): Promise<AgentRecord> {
  for (let tries = 0; tries < CAS_TRIES; tries++) {
    const before = await readAgent(deps.store, change.id);
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

/** 404 for a record that does not exist or was deleted. */
export function notFound(): CountersignError {
  return new CountersignError('not_found', 'There is no such record.');
}

/** 409 for a lost compare-and-set. */
export function conflict(): CountersignError {
  return new CountersignError('conflict', 'The record exists already or was changed meanwhile.');
}

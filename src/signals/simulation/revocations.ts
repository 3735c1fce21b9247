import type { StoredAuditEvent } from '../../domain/audit.js';

/** The times of revocations, in order, for each dimension of a request. */
export class RevocationTimes {
  private readonly times = new Map<string, number[]>();

  /** Takes `revocation.applied` events and status changes that revoke tokens, oldest first. */
  constructor(events: Iterable<StoredAuditEvent>) {
    for (const event of events) {
      const name = nameOf(event);
      if (name === undefined) continue;
      const known = this.times.get(name);
      if (known === undefined) this.times.set(name, [event.time_ms]);
      else known.push(event.time_ms);
    }
  }

  /** Returns the time of the last revocation that covered a request before it was made; 0 for never. */
  before({ time_ms, agent_id, session_id, task_id, user_id }: StoredAuditEvent): number {
    const names = [`agent:${agent_id ?? ''}`];
    if (session_id !== undefined) names.push(`session:${session_id}`);
    if (task_id !== undefined) names.push(`task:${task_id}`);
    if (user_id !== undefined) names.push(`user:${user_id}`);
    return Math.max(0, ...names.map((name) => lastBefore(this.times.get(name) ?? [], time_ms)));
  }
}

/** The dimensions that the gather checks. */
const COVERED = new Set(['agent', 'session', 'task', 'user']);

function nameOf({ type, agent_id, detail }: StoredAuditEvent): string | undefined {
  if (type === 'agent.status_changed') {
    return detail?.['status'] === 'active' ? undefined : `agent:${agent_id ?? ''}`;
  }
  const by = String(detail?.['by']);
  return COVERED.has(by) ? `${by}:${String(detail?.['value'])}` : undefined;
}

function lastBefore(times: readonly number[], atMs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return times[low - 1] ?? 0;
}

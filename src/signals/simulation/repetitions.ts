import type { StoredAuditEvent } from '../../domain/audit.js';

/** Time after the first request in which another method repeats it, as in the gather script. */
const REPEATED_MS = 2000;

/** Recognizes requests that a client library repeats by another method (ADR 0032), for the events of one agent. */
export class Repetitions {
  private request = '';
  private readonly methods = new Set<string>();
  private firstMs = -Infinity;

  /** Returns whether honey and denial of this request were counted with the one before. In the order of the events. */
  has(event: StoredAuditEvent): boolean {
    const { resource, scopes_requested: scopes = [], client = '', count } = event;
    const request = JSON.stringify([resource, [...scopes].sort(), client]);
    const method = event.type === 'policy.evaluated' ? 'evaluation' : (event.authentication ?? '');
    const isRecent = event.time_ms - this.firstMs <= REPEATED_MS;
    if (isRecent && request === this.request && count === undefined) {
      const repeats = !this.methods.has(method);
      this.methods.add(method);
      if (repeats) return true;
    }
    // A request without budget is no first one: its denial is not counted.
    if (event.type !== 'access.rate_limited') this.begin(request, method, event.time_ms);
    return false;
  }

  private begin(request: string, method: string, atMs: number): void {
    this.request = request;
    this.methods.clear();
    this.methods.add(method);
    this.firstMs = atMs;
  }
}

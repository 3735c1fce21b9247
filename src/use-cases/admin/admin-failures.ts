import type { AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';

const MINUTE_MS = 60_000;
/** Maximum number of sources, and of principals with an expired token, that one event names. */
const MAX_NAMED = 8;
/** Maximum number of minutes that wait for the store. */
const MAX_WAITING = 60;

interface Minute {
  count: number;
  readonly firstMs: number;
  lastMs: number;
  readonly sources: Set<string>;
  /** Whether failures of further sources are in the count. */
  more: boolean;
  readonly expired: Set<string>;
}

export interface AdminFailureCounter {
  /** Counts a failed authentication on the admin listener. */
  count(source: string, expired: string | undefined): void;
  /** Records one event for each minute that is over; for every minute when `all`. */
  flush(all?: boolean): Promise<void>;
}

export interface AdminFailureCounterDeps {
  readonly record: (event: AuditEvent) => Promise<unknown>;
  readonly clock: Clock;
  readonly onLost: (failures: number, error: unknown) => void;
}

/** Creates the counter: a flood of failures is one bounded event a minute. Minutes are kept while the store is away. */
export function createAdminFailureCounter(deps: AdminFailureCounterDeps): AdminFailureCounter {
  const minutes = new Map<number, Minute>();
  return {
    count(source, expired) {
      const nowMs = deps.clock.nowMs();
      const at = Math.floor(nowMs / MINUTE_MS);
      const minute = minutes.get(at) ?? newMinute(nowMs);
      minutes.set(at, minute);
      minute.count += 1;
      minute.lastMs = nowMs;
      minute.more ||= !addWithin(minute.sources, source);
      if (expired !== undefined) addWithin(minute.expired, expired);
    },
    async flush(all = false) {
      const current = Math.floor(deps.clock.nowMs() / MINUTE_MS);
      for (const [at, minute] of minutes) {
        if (at === current && !all) continue;
        minutes.delete(at);
        try {
          await deps.record(eventOf(minute));
        } catch (error) {
          if (all || minutes.size >= MAX_WAITING) deps.onLost(minute.count, error);
          else minutes.set(at, minute);
          return;
        }
      }
    },
  };
}

function newMinute(nowMs: number): Minute {
  return {
    count: 0,
    firstMs: nowMs,
    lastMs: nowMs,
    sources: new Set(),
    more: false,
    expired: new Set(),
  };
}

/** Adds a name unless the set is full. Returns whether the set holds it. */
function addWithin(set: Set<string>, name: string): boolean {
  if (set.size < MAX_NAMED) set.add(name);
  return set.has(name);
}

function eventOf({ count, firstMs, lastMs, sources, more, expired }: Minute): AuditEvent {
  return {
    type: 'admin.refused',
    principal: { kind: 'system', id: 'admin-api' },
    count,
    first_at_ms: firstMs,
    last_at_ms: lastMs,
    detail: {
      sources: [...sources],
      more_sources: more,
      ...(expired.size === 0 ? {} : { expired: [...expired] }),
    },
  };
}

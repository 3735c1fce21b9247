import type { AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import type { MisuseCounter } from '../../domain/ports.js';
import type { TokenClaims } from '../../domain/token.js';
import { aboutToken } from './about-token.js';

export interface MisuseCounterDeps {
  readonly record: (agentId: string, callers: number, event: AuditEvent) => Promise<unknown>;
  readonly clock: Clock;
  readonly onLost: (agents: number, error: unknown) => void;
}

export interface FlushingMisuseCounter extends MisuseCounter {
  /** Writes the counts since the last call; failed writes are lost and reported. */
  flush(): Promise<void>;
}

/**
 * Maximum number of pairs of agent and caller; beyond it, new pairs are not counted until the hour is
 * over.
 */
const MAX_PAIRS = 10_000;
const HOUR_MS = 3_600_000;

/**
 * Counts tokens presented to a resource server of another audience.
 * A caller counts once an hour for an agent: a misconfigured gateway must not get every agent quarantined. Counted in
 * process, so that introspection stays a read.
 */
export function createMisuseCounter(deps: MisuseCounterDeps): FlushingMisuseCounter {
  let pairs = new Set<string>();
  let hour = 0;
  let waiting = new Map<string, { claims: TokenClaims; callers: string[] }>();
  return {
    count(claims, callerId) {
      const now = deps.clock.nowMs();
      // An expired token is useless to a thief, and would allow raising a score at will.
      if (claims.exp * 1000 <= now) return;
      const thisHour = Math.floor(now / HOUR_MS);
      if (thisHour !== hour) pairs = new Set();
      hour = thisHour;
      const pair = `${claims.sub} ${callerId}`;
      if (pairs.has(pair) || pairs.size >= MAX_PAIRS) return;
      pairs.add(pair);
      const entry = waiting.get(claims.sub) ?? { claims, callers: [] };
      entry.callers.push(callerId);
      waiting.set(claims.sub, entry);
    },
    async flush() {
      const taken = waiting;
      waiting = new Map();
      for (const [agentId, { claims, callers }] of taken) {
        await deps
          .record(agentId, callers.length, misuseEvent(claims, callers))
          .catch((error: unknown) => {
            deps.onLost(callers.length, error);
          });
      }
    },
  };
}

function misuseEvent(claims: TokenClaims, callers: readonly string[]): AuditEvent {
  return {
    type: 'token.misused',
    principal: { kind: 'resource_server', id: callers[0] ?? '' },
    ...aboutToken(claims),
    detail: { resource_servers: callers, audience: claims.aud },
  };
}

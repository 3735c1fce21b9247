import type { AuditEvent } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import { shardOfId } from '../../domain/ids.js';
import type { UseCounter } from '../../domain/ports.js';
import type { TokenClaims } from '../../domain/token.js';
import { aboutToken } from './about-token.js';

interface Use {
  readonly claims: TokenClaims;
  readonly resourceServerId: string;
  active: number;
  inactive: number;
  lastAtMs: number;
}

export interface UseCounterDeps {
  /** Appends a batch of events to a shard's stream. */
  readonly record: (shard: number, events: readonly AuditEvent[]) => Promise<unknown>;
  readonly shards: number;
  readonly clock: Clock;
  readonly onLost: (uses: number, error: unknown) => void;
}

export interface FlushingUseCounter extends UseCounter {
  /**
   * Writes the counts since the last call, one entry per shard; failed writes are counted again next
   * time.
   */
  flush(): Promise<void>;
}

/** Maximum number of tokens between two flushes; beyond it, uses are reported as lost. */
const MAX_TOKENS = 100_000;
/** Events in one entry of a stream. */
const BATCH = 200;

/**
 * Counts uses in process, so that introspection stays a read; a crash loses at most one second of
 * counts.
 */
export function createUseCounter(deps: UseCounterDeps): FlushingUseCounter {
  let uses = new Map<string, Use>();
  const count = (
    claims: TokenClaims,
    resourceServerId: string,
    active: number,
    inactive: number,
    lastAtMs: number,
  ): void => {
    // Active and inactive answers are two events: the second shows the effect of a revocation.
    const key = `${claims.jti} ${resourceServerId} ${active > 0 ? 'active' : 'inactive'}`;
    const use = uses.get(key);
    if (use !== undefined) {
      use.active += active;
      use.inactive += inactive;
      use.lastAtMs = Math.max(use.lastAtMs, lastAtMs);
    } else if (uses.size < MAX_TOKENS) {
      uses.set(key, { claims, resourceServerId, active, inactive, lastAtMs });
    } else {
      deps.onLost(active + inactive, new Error('too many tokens were used since the last flush'));
    }
  };
  return {
    count(claims, resourceServerId, active) {
      count(claims, resourceServerId, active ? 1 : 0, active ? 0 : 1, deps.clock.nowMs());
    },
    async flush() {
      const taken = [...uses.values()];
      uses = new Map();
      const again = (batch: readonly Use[], error: unknown): void => {
        deps.onLost(0, error);
        for (const use of batch) {
          count(use.claims, use.resourceServerId, use.active, use.inactive, use.lastAtMs);
        }
      };
      await Promise.all(
        batches(taken, deps.shards).map(async ([shard, batch]) => {
          await deps.record(shard, batch.map(useEvent)).catch((error: unknown) => {
            again(batch, error);
          });
        }),
      );
    },
  };
}

function batches(uses: readonly Use[], shards: number): [number, Use[]][] {
  const open = new Map<number, Use[]>();
  const all: [number, Use[]][] = [];
  for (const use of uses) {
    const shard = shardOfId('jti', use.claims.jti, shards) ?? 0;
    let batch = open.get(shard);
    if (batch === undefined || batch.length >= BATCH) {
      batch = [];
      open.set(shard, batch);
      all.push([shard, batch]);
    }
    batch.push(use);
  }
  return all;
}

function useEvent({ claims, resourceServerId, active, inactive, lastAtMs }: Use): AuditEvent {
  return {
    type: 'token.introspected',
    principal: { kind: 'resource_server', id: resourceServerId },
    ...aboutToken(claims),
    detail: { active, inactive, last_at_ms: lastAtMs, resource_server: resourceServerId },
  };
}

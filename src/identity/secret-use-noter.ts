import { LRUCache } from '../cache/lru.js';
import type { Clock } from '../domain/clock.js';
import type { SecretUses } from '../domain/ports.js';

/** Minimum time between two notes of one secret by this process. */
const EVERY_MS = 60_000;
const MAX_ENTRIES = 10_000;
/** Maximum number of concurrent notes; beyond it, a use is noted at a later request. */
const MAX_UNDER_WAY = 32;

/**
 * Creates the noter of used client secrets: at most one write a minute for each secret.
 * No request waits for it, and a failed write is tried again after a minute.
 */
export function createSecretUseNoter(
  uses: Pick<SecretUses, 'note'>,
  clock: Clock,
): (clientId: string, secretId: string) => void {
  const noted = new LRUCache<string, number>({ max: MAX_ENTRIES });
  let underWay = 0;
  return (clientId, secretId) => {
    const nowMs = clock.nowMs();
    const last = noted.get(secretId);
    if (last !== undefined && nowMs - last < EVERY_MS && nowMs >= last) return;
    if (underWay >= MAX_UNDER_WAY) return;
    noted.set(secretId, nowMs);
    underWay += 1;
    uses
      .note(clientId, secretId)
      .catch(() => undefined)
      .finally(() => {
        underWay -= 1;
      });
  };
}

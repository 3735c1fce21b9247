import type { PolicyConfig } from '../../config/policy.js';
import { readBundle, type Bundle } from '../../policy/bundle/read.js';
import type { ActiveBundle } from './log-rules.js';

/** How long a bundle that was read is taken for what is there. */
const FRESH_MS = 1000;

/**
 * The bundle at `policy.path`, for a process that decides nothing itself. One that cannot be read or is refused
 * leaves the last good one, as in the service. Rejects while there was none.
 */
export function bundleAtPath(policy: PolicyConfig, nowMs: () => number): ActiveBundle {
  let good: Bundle | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (good !== undefined && nowMs() - readAtMs < FRESH_MS) return good;
    try {
      good = await readBundle(policy.path, { signatures: policy.signatures });
    } catch (error) {
      if (good === undefined) throw error;
    }
    readAtMs = nowMs();
    return good;
  };
}

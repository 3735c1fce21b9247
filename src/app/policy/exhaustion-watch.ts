import type { Logger } from '../../domain/logger.js';
import type { NodeReport, PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { ActivateDeps } from '../../use-cases/policy/activate.js';
import { endExhaustion, exhaustedBy } from '../../use-cases/policy/exhaustion.js';
import { LIVE_MS } from '../../use-cases/policy/make-ready.js';

/** Time in milliseconds until a bundle that was kept is tried again: each try is a replay. */
const AGAIN_MS = 600_000;
/** Time in milliseconds until a try that could not run is repeated. */
const SOON_MS = 30_000;

/** Reports of all nodes and the store's clock. */
export interface NodeReports {
  readonly nowMs: number;
  readonly nodes: readonly NodeReport[];
}

export interface ExhaustionWatch {
  /** Considers the reports of all nodes. Returns at once: a replay takes longer than a heartbeat. Never throws. */
  consider(document: PolicyDocument, reports: NodeReports): void;
}

/** Creates the watch. Only the first of the live nodes acts, so that one replay runs. */
export function createExhaustionWatch(
  deps: ActivateDeps,
  nodeId: string,
  log: Logger,
  monotonicMs: () => number = () => performance.now(),
): ExhaustionWatch {
  const triedMs = new Map<string, number>();
  let running = false;
  const isDue = (digest: string): boolean =>
    monotonicMs() - (triedMs.get(digest) ?? Number.NEGATIVE_INFINITY) >= AGAIN_MS;
  return {
    consider(document, { nowMs, nodes: all }) {
      // A node of an earlier build does not act, so it must not be the first.
      const nodes = all.filter(
        ({ seen_ms: seenMs, decided }) => nowMs - seenMs <= LIVE_MS && decided !== undefined,
      );
      const exhausted = exhaustedBy(document, nodes);
      const { digest } = document.active;
      if (exhausted === undefined || nodes[0]?.node !== nodeId) return;
      if (running || !isDue(digest)) return;
      triedMs.clear();
      triedMs.set(digest, monotonicMs());
      log.error({ digest, ...exhausted }, 'the active bundle uses up its fuel for several agents');
      running = true;
      void endExhaustion(deps, document, exhausted)
        .catch((error: unknown) => {
          log.error({ digest, error: String(error) }, 'the exhausted bundle was not replaced');
          triedMs.set(digest, monotonicMs() - AGAIN_MS + SOON_MS);
        })
        .finally(() => {
          running = false;
        });
    },
  };
}

import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError } from '../../domain/errors.js';
import type {
  Assignment,
  BundleRecord,
  NodeReport,
  PolicyStore,
} from '../../domain/policy-lifecycle.js';
import { changeDocument } from './change.js';
import type { Pause, ThisNode } from './ports.js';

/** A node without a heartbeat for longer is not waited for: it must catch up before it issues again. */
export const LIVE_MS = 5000;
const POLL_MS = 25;

export interface MakeReadyDeps {
  readonly store: PolicyStore;
  readonly node: ThisNode;
  readonly pause: Pause;
  /** Time limit for all live nodes to make a bundle ready. */
  readonly readyTimeoutMs: number;
}

/**
 * Waits until every live node is ready to decide with a bundle.
 * The document names it the candidate until then, so that nodes fetch it. When one refuses it or time is up, the
 * candidate is dropped and nothing else changes. Returns the nodes. Throws `bundle_refused` with the problems of each
 * node, `conflict` when one is late.
 */
export async function makeReady(
  deps: MakeReadyDeps,
  record: BundleRecord,
  assignment: Assignment,
): Promise<readonly NodeReport[]> {
  const { store, node, pause, readyTimeoutMs } = deps;
  const { digest } = record;
  const first = await liveNodes(store);
  const unwilling = refusalsOf(first.nodes, digest);
  if (first.nodes.length > 0 && unwilling.length === 0 && first.nodes.every(isReady(digest))) {
    return first.nodes;
  }
  const deadline_ms = first.nowMs + readyTimeoutMs;
  await changeDocument(store, ({ candidate }) => {
    if (candidate !== undefined && candidate.digest !== digest) {
      throw new CountersignError('conflict', `Revision ${candidate.revision} is being made ready.`);
    }
    return { next: { candidate: { ...assignment, deadline_ms } }, events: [] };
  });
  for (;;) {
    await node.wake();
    const { nowMs, nodes } = await liveNodes(store);
    const refusals = refusalsOf(nodes, digest);
    if (refusals.length > 0) return drop(deps, assignment, 'bundle_refused', refusals);
    if (nodes.length > 0 && nodes.every(isReady(digest))) return nodes;
    if (nowMs >= deadline_ms) {
      const late = nodes.filter((one) => !isReady(digest)(one)).map(({ node: id }) => id);
      const problem = `not ready in time: ${late.join(', ') || 'no live node'}`;
      return drop(deps, assignment, 'conflict', [problem]);
    }
    await pause(POLL_MS);
  }
}

/** Returns the refusals of the nodes, also of one that still decides with the bundle. */
function refusalsOf(nodes: readonly NodeReport[], digest: string): string[] {
  return nodes.flatMap(({ node: id, refused }) => {
    const why = refused[digest];
    return why === undefined ? [] : [`node ${id}: ${why}`];
  });
}

function isReady(digest: string): (node: NodeReport) => boolean {
  return ({ ready }) => ready.includes(digest);
}

async function liveNodes(
  store: PolicyStore,
): Promise<{ readonly nowMs: number; readonly nodes: readonly NodeReport[] }> {
  const { nowMs, nodes } = await store.nodes();
  return { nowMs, nodes: nodes.filter(({ seen_ms }) => nowMs - seen_ms <= LIVE_MS) };
}

async function drop(
  { store }: MakeReadyDeps,
  assignment: Assignment,
  code: 'bundle_refused' | 'conflict',
  problems: readonly string[],
): Promise<never> {
  await dropCandidate(store, assignment, problems);
  throw new CountersignError(code, 'Not every node could make the bundle ready.', {
    problems: problems.map((message) => ({ pointer: '', message })),
  });
}

/** Removes a candidate from the document, with an event; does nothing when it is no longer there. */
export async function dropCandidate(
  store: PolicyStore,
  { digest, revision, by }: Assignment,
  problems: readonly string[],
): Promise<void> {
  const event: AuditEvent = {
    type: 'policy.candidate_dropped',
    principal: by,
    policy_revision: revision,
    detail: { digest, problems: [...problems] },
  };
  await changeDocument(store, ({ candidate }) =>
    candidate?.digest === digest ? { next: { candidate: undefined }, events: [event] } : undefined,
  );
}

import { newId } from '../../domain/ids.js';
import type {
  NodeReport,
  PolicyDocument,
  PolicyStore,
  TrialCounts,
} from '../../domain/policy-lifecycle.js';
import { changeDocument } from './change.js';
import { dropCandidate } from './make-ready.js';
import { trialEvent } from './trial.js';

/** Maximum distance of a canary from the active bundle on equal inputs. Shares, 0 to 1. */
export interface CanaryBand {
  /** Minimum number of decisions for a conclusion. */
  readonly minDecisions: number;
  readonly errorShare: number;
  readonly denialShare: number;
}

/** The principal of changes that the service makes without an order. */
export const SYSTEM = { kind: 'system', id: 'policy-guard' } as const;

/** Drops an abandoned candidate, and a canary that left its band. */
export async function guardPolicy(
  store: PolicyStore,
  band: CanaryBand,
  document: PolicyDocument,
  { nowMs, nodes }: { readonly nowMs: number; readonly nodes: readonly NodeReport[] },
): Promise<void> {
  const { candidate, canary } = document;
  if (candidate !== undefined && nowMs > candidate.deadline_ms) {
    await dropCandidate(store, { ...candidate, by: SYSTEM }, ['not finished in time']);
  }
  if (canary === undefined) return;
  const counts = canaryCounts(nodes, canary.digest, canary.since_ms);
  const left = leftBand(counts, band);
  if (left === undefined) return;
  const context = { requestId: newId('req'), principal: SYSTEM };
  await changeDocument(store, (now) => {
    const same = now.canary?.digest === canary.digest && now.canary.since_ms === canary.since_ms;
    if (!same) return undefined;
    const detail = { why: left, band: { ...band }, counts: { ...counts }, percent: canary.percent };
    return {
      next: { canary: undefined },
      events: [trialEvent('policy.canary_ended', canary, detail, context)],
    };
  });
}

/** Returns which band a canary left, if one: its denials may be too few as well as too many. */
export function leftBand(
  counts: Pick<
    TrialCounts,
    'decisions' | 'errors' | 'denials' | 'active_errors' | 'active_denials'
  >,
  { minDecisions, errorShare, denialShare }: CanaryBand,
): 'error_rate' | 'denial_rate' | undefined {
  const { decisions, errors, denials, active_errors, active_denials } = counts;
  if (decisions < minDecisions) return undefined;
  if ((errors - active_errors) / decisions > errorShare) return 'error_rate';
  if (Math.abs(denials - active_denials) / decisions > denialShare) return 'denial_rate';
  return undefined;
}

/** Returns the counts of this canary since its start, over all nodes. */
function canaryCounts(
  nodes: readonly NodeReport[],
  digest: string,
  sinceMs: number,
): Omit<TrialCounts, 'role' | 'digest' | 'since_ms' | 'changes'> {
  const sums = {
    ...{ decisions: 0, errors: 0, denials: 0, active_errors: 0, active_denials: 0, skipped: 0 },
  };
  const names = Object.keys(sums) as (keyof typeof sums)[];
  for (const trial of nodes.flatMap(({ trials }) => trials)) {
    if (trial.role !== 'canary' || trial.digest !== digest || trial.since_ms !== sinceMs) continue;
    for (const name of names) sums[name] += trial[name];
  }
  return sums;
}

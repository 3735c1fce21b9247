import { CountersignError } from '../../domain/errors.js';
import type { BundleRecord, ReplaySummary } from '../../domain/policy-lifecycle.js';
import { REPLAY_MIN_COVERAGE, type ReplaySample } from '../../domain/replay-sample.js';
import type { AdminContext } from '../admin/context.js';
import type { ReplayGate } from './ports.js';

/** The part of a replay that a caller tolerates before a bundle decides. */
export interface ReplayAllowance {
  /** Maximum number of recorded decisions with a new grant. */
  readonly allowNewGrants: number;
  /** Smallest share of strata to replay, 0 to 1; REPLAY_MIN_COVERAGE by default. */
  readonly minCoverage?: number;
}

/** The sampled decisions of a replay, as every event of a bundle that decides names them. */
export type GateResult = Pick<
  ReplaySample,
  'verdict' | 'coverage' | 'min_coverage' | 'strata' | 'strata_replayed' | 'new_grants'
>;

/**
 * Replays a sample of recorded decisions before a bundle decides.
 * Throws `bundle_refused` for new grants beyond the allowance, and for a sample that covers too little to find them.
 */
export async function passReplay(
  { replayGate }: { readonly replayGate: ReplayGate },
  record: BundleRecord,
  { allowNewGrants, minCoverage = REPLAY_MIN_COVERAGE }: ReplayAllowance,
  context: AdminContext,
): Promise<GateResult> {
  const { sample, ...replay } = await replayGate.replay(record, minCoverage, context);
  if (sample.new_grants > allowNewGrants) throw tooManyGrants(replay, sample, allowNewGrants);
  if (sample.verdict === 'low_coverage') throw tooLittleSeen(sample);
  const { verdict, coverage, min_coverage, strata, strata_replayed, new_grants } = sample;
  return { verdict, coverage, min_coverage, strata, strata_replayed, new_grants };
}

function tooManyGrants(
  { replayed, changes }: Pick<ReplaySummary, 'replayed' | 'changes'>,
  sample: ReplaySample,
  allowed: number,
): CountersignError {
  const { deny_to_allow: allow = 0, wider = 0 } = changes;
  const message =
    `of ${String(replayed)} recorded decisions ${String(allow)} would turn from deny to allow and ` +
    `${String(wider)} would be wider, which stand for ${String(sample.new_grants)} of ` +
    `${String(sample.decisions)}; ${String(allowed)} are allowed`;
  return new CountersignError(
    'bundle_refused',
    'The bundle grants requests that were denied, or grants more.',
    { problems: [{ pointer: '/replay', message }] },
  );
}

function tooLittleSeen(sample: ReplaySample): CountersignError {
  const { coverage, min_coverage: least, strata, strata_replayed: replayed } = sample;
  const agents = sample.least_covered.map(
    ({ agent, strata: all, not_replayed: missing }) =>
      `${agent} (${String(missing)} of ${String(all)})`,
  );
  const named = agents.length === 0 ? '' : `; not replayed: ${agents.join(', ')}`;
  const read = sample.complete ? '' : '; the period was not read to its end';
  const message =
    `${percent(coverage)} of the strata of recorded decisions were replayed ` +
    `(${String(replayed)} of ${String(strata)}), and ${percent(least)} must be${read}${named}; ` +
    'inspect these agents with a sampled replay of the bundle, or accept a lower coverage';
  return new CountersignError(
    'bundle_refused',
    'The replay covered too little of the recorded decisions to find new grants.',
    { problems: [{ pointer: '/replay/coverage', message }] },
  );
}

function percent(share: number): string {
  return `${String(Math.floor(share * 10_000) / 100)} %`;
}

import type { RecordedDecision } from '../../../domain/policy-lifecycle.js';
import {
  REPLAY_MIN_DECISIONS,
  type DecisionPlace,
  type Period,
  type ReplaySample,
} from '../../../domain/replay-sample.js';
import { Strata, type Stratum } from './strata.js';

/** The recorded decisions of a store. */
export interface DecisionSource {
  /** Yields the decisions of a period; undefined stands for an event without a decision of a policy. */
  places(period: Period): Iterable<DecisionPlace | undefined>;
  countPlaces(period: Period): number;
  /** Yields the decisions of rows, in their order. */
  decisionsAt(rows: Iterable<number>): Iterable<readonly [row: number, RecordedDecision]>;
}

export interface SampleOptions {
  readonly period: Period;
  /** `sha256:` and hex, of the candidate. */
  readonly digest: string;
  /** Time to read the period, in milliseconds of `monotonicMs`. */
  readonly readMs: number;
  readonly minCoverage: number;
  /** Reads the decisions of one agent only. */
  readonly agentId?: string;
  readonly monotonicMs?: () => number;
}

/** Maximum number of replayed decisions. */
const MAX_DECISIONS = 20_000;
const CLOCK_EVERY = 256;
const LEAST_COVERED = 5;

/**
 * A sample of the decisions of a period, and what its replay covered.
 * Every agent gives one stratum in turn, the strata that deny something first, and every stratum one decision before
 * any gives a second. So no agent can push out the decisions of another. Deterministic for a record and a candidate.
 */
export class Sample {
  private readonly plan: ReadonlyMap<number, Stratum>;
  private readonly stratumOf = new WeakMap<RecordedDecision, Stratum>();

  private constructor(
    private readonly source: DecisionSource,
    private readonly strata: Strata,
    private readonly readShare: number,
    private readonly minCoverage: number,
  ) {
    this.plan = new Map(planOf(strata.all));
  }

  /** Reads the period, until the time for it ends. */
  static read(source: DecisionSource, options: SampleOptions): Sample {
    const { period, digest, readMs, minCoverage, agentId } = options;
    const { monotonicMs = () => performance.now() } = options;
    const endMs = monotonicMs() + readMs;
    const strata = new Strata(Number.parseInt(digest.slice(-7), 16));
    const total = source.countPlaces(period);
    let read = 0;
    let complete = true;
    for (const place of source.places(period)) {
      const meant = agentId === undefined || place?.agentId === agentId;
      if (place !== undefined && meant) strata.add(place);
      read += 1;
      if (read % CLOCK_EVERY !== 0 || monotonicMs() < endMs) continue;
      complete = read >= total;
      break;
    }
    return new Sample(source, strata, complete ? 1 : read / total, minCoverage);
  }

  /** Yields the decisions to replay, in order, at most `limit` of them. */
  *decisions(limit = MAX_DECISIONS): Generator<RecordedDecision> {
    const rows = [...this.plan.keys()].slice(0, limit);
    for (const [row, decision] of this.source.decisionsAt(rows)) {
      const stratum = this.plan.get(row);
      if (stratum !== undefined) this.stratumOf.set(decision, stratum);
      yield decision;
    }
  }

  /** Counts a decision that was replayed. */
  count(decision: RecordedDecision, newGrant: boolean): void {
    const stratum = this.stratumOf.get(decision);
    if (stratum === undefined) return;
    stratum.replayed += 1;
    if (newGrant) stratum.newGrants += 1;
  }

  report(): ReplaySample {
    const all = this.strata.all;
    const strata = all.filter(({ never }) => !never);
    const replayed = strata.filter((one) => one.replayed > 0);
    const complete = this.readShare === 1 && !this.strata.full;
    const share = strata.length === 0 ? 1 : replayed.length / strata.length;
    const coverage = this.strata.full ? 0 : share * this.readShare;
    const { decisions, replayable } = this.strata;
    const few = complete && replayable < REPLAY_MIN_DECISIONS;
    const low = coverage < this.minCoverage ? 'low_coverage' : 'replayed';
    return {
      verdict: few ? 'nothing_to_replay' : low,
      decisions,
      replayable,
      strata: strata.length,
      strata_replayed: replayed.length,
      strata_without_inputs: all.length - strata.length,
      complete,
      coverage: Math.floor(coverage * 1e4) / 1e4,
      min_coverage: this.minCoverage,
      new_grants: replayed.reduce((sum, one) => sum + extrapolated(one), 0),
      least_covered: leastCovered(strata),
    };
  }
}

function extrapolated({ decisions, replayed, newGrants }: Stratum): number {
  return newGrants === 0 ? 0 : Math.ceil((decisions * newGrants) / replayed);
}

/** Returns the rows to replay with their strata, in the order of their replay. */
function planOf(strata: readonly Stratum[]): (readonly [number, Stratum])[] {
  const plan: (readonly [number, Stratum])[] = [];
  const inTurn = takingTurns(strata);
  for (let round = 0; plan.length < MAX_DECISIONS; round++) {
    const before = plan.length;
    for (const stratum of inTurn) {
      const row = stratum.rows[round];
      if (row !== undefined && plan.length < MAX_DECISIONS) plan.push([row, stratum]);
    }
    if (plan.length === before) break;
  }
  return plan;
}

/** Returns the first stratum of each agent, then the second of each, and so on. */
function takingTurns(strata: readonly Stratum[]): readonly Stratum[] {
  const ofAgents = new Map<string, Stratum[]>();
  for (const stratum of strata) {
    const own = ofAgents.get(stratum.agentId) ?? [];
    own.push(stratum);
    ofAgents.set(stratum.agentId, own);
  }
  const turns = [...ofAgents.values()].flatMap((own) =>
    own
      .sort((a, b) => Number(b.deniesSome) - Number(a.deniesSome) || a.order - b.order)
      .map((stratum, turn) => ({ stratum, turn })),
  );
  return turns.sort((a, b) => a.turn - b.turn).map(({ stratum }) => stratum);
}

function leastCovered(strata: readonly Stratum[]): ReplaySample['least_covered'] {
  const ofAgents = new Map<string, { strata: number; not_replayed: number }>();
  for (const { agentId, replayed } of strata) {
    const own = ofAgents.get(agentId) ?? { strata: 0, not_replayed: 0 };
    own.strata += 1;
    if (replayed === 0) own.not_replayed += 1;
    ofAgents.set(agentId, own);
  }
  return [...ofAgents]
    .map(([agent, counts]) => ({ agent, ...counts }))
    .filter(({ not_replayed: missing }) => missing > 0)
    .sort((a, b) => b.not_replayed - a.not_replayed || (a.agent < b.agent ? -1 : 1))
    .slice(0, LEAST_COVERED);
}

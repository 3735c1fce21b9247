import type { PolicyInput } from '../../../domain/policy.js';
import type { ReplayGroup, ReplayReport } from '../../../domain/policy-analysis.js';
import type { RecordedDecision } from '../../../domain/policy-lifecycle.js';
import { compareOutcomes, NEW_GRANTS, type Outcomes } from '../../serving/compare.js';
import type { Judge, ReplayVerdict } from './judge.js';
import { holdsRedaction } from './redaction.js';
import type { Sample } from './sample.js';
import { shrink } from './shrink.js';
import type { StandIns } from './stand-ins.js';
import { reported, Tally, type OpenGroup } from './tally.js';

export interface ReplayOptions {
  /** Newest first, or those of the sample. */
  readonly decisions: Iterable<RecordedDecision>;
  /** The sample that the decisions are from, to report its coverage. */
  readonly sample?: Sample;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Maximum number of decisions in the iterable; the report notes when it is reached. */
  readonly limit: number;
  readonly candidate: Judge;
  readonly standIns: StandIns;
  /** Returns the bundle that made a decision, to shrink inputs with; undefined when it is not stored. */
  readonly baseline: (revision: string) => Promise<Judge | undefined>;
  /** Time after which no further decision starts, in milliseconds of `monotonicMs`. */
  readonly budgetMs: number;
  readonly monotonicMs?: () => number;
  readonly nowMs: number;
  /** Called periodically with the number of processed decisions. */
  readonly onProgress?: (decisions: number) => void;
}

const PROGRESS_EVERY = 1000;
/** Maximum number of evaluations to shrink one group's input. */
const SHRINK_TRIES = 2000;
/** Total time limit including shrinking, as a multiple of the budget. */
const SHRINK_GRACE = 1.25;

/**
 * Replays recorded decisions with a candidate and reports changed outcomes.
 * Counts every decision as unchanged, changed, or not replayable with the reason. Equal decisions give equal reports.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const { candidate, budgetMs, monotonicMs = () => performance.now(), limit } = options;
  const startMs = monotonicMs();
  const tally = new Tally();
  let seen = 0;
  let stopped: ReplayReport['stopped'];
  for (const recorded of options.decisions) {
    if (monotonicMs() - startMs > budgetMs) {
      stopped = 'deadline';
      break;
    }
    tally.see(recorded);
    await replayOne(options, tally, recorded);
    seen += 1;
    if (seen % PROGRESS_EVERY === 0) options.onProgress?.(seen);
  }
  if (stopped === undefined && seen >= limit) stopped = 'limit';
  const sample = options.sample?.report();
  const fuel = candidate.fuel();
  const tookMs = monotonicMs() - startMs;
  const untilMs = startMs + budgetMs * SHRINK_GRACE;
  const groups: ReplayGroup[] = [];
  for (const group of tally.open()) {
    groups.push(await finish(options, group, () => monotonicMs() < untilMs));
  }
  return {
    candidate: { digest: candidate.digest, revision: candidate.revision },
    at_ms: options.nowMs,
    since_ms: options.sinceMs,
    until_ms: options.untilMs,
    ...tally.counts(),
    groups,
    ...(sample === undefined ? {} : { sample }),
    fuel,
    ...(stopped === undefined ? {} : { stopped }),
    ...(tally.oldestMs === undefined ? {} : { oldest_ms: tally.oldestMs }),
    took_ms: Math.round(tookMs),
    decisions_per_second: Math.round(seen / Math.max(tookMs / 1000, 0.001)),
  };
}

async function replayOne(
  options: ReplayOptions,
  tally: Tally,
  recorded: RecordedDecision,
): Promise<void> {
  const { candidate, standIns, sample } = options;
  const { input, input_masked: masked = [] } = recorded;
  if (input === undefined) {
    tally.skip(recorded, recorded.why_not ?? 'not_recorded');
    return;
  }
  const { inputs, unknown } =
    masked.length === 0 ? { inputs: [input], unknown: [] } : standIns.forInput(input, masked);
  const [first = input, ...others] = inputs;
  const after = await candidate.judge(first);
  const original = isOriginal(after, recorded);
  const redacted = !original && holdsRedaction(input);
  if (!original && !redacted && unknown.length === 0) {
    tally.skip(recorded, 'digest_mismatch');
    return;
  }
  for (const other of others) {
    const { outcome } = await candidate.judge(other);
    if (same(after.outcome, outcome)) continue;
    tally.skip(recorded, `masked: ${unknown.join(', ')}`);
    return;
  }
  const kinds = compareOutcomes(recorded.outcome, after.outcome);
  if (redacted && kinds.length > 0 && (await dependsOnSecret(options, recorded, first))) {
    tally.skip(recorded, 'input_redacted');
    sample?.leaveOut(recorded);
    return;
  }
  tally.count(recorded, input, after, kinds, redacted || unknown.length > 0);
  sample?.count(
    recorded,
    kinds.some((kind) => NEW_GRANTS.includes(kind)),
  );
}

/**
 * Returns true when the bundle that decided decides otherwise without the removed credential.
 * A change of the candidate then shows nothing. An agent that writes credentials hides nothing so: without them its
 * request would have had the other outcome already.
 */
async function dependsOnSecret(
  { baseline }: ReplayOptions,
  recorded: RecordedDecision,
  input: PolicyInput,
): Promise<boolean> {
  const before = await baseline(recorded.revision);
  if (before === undefined) return false;
  return !same(recorded.outcome, (await before.judge(input)).outcome);
}

function isOriginal({ inputDigest }: ReplayVerdict, recorded: RecordedDecision): boolean {
  return inputDigest === recorded.input_digest;
}

function same(a: Outcomes, b: Outcomes): boolean {
  return compareOutcomes(a, b).length === 0;
}

type Shown = Pick<ReplayGroup['example'], 'input' | 'minimised' | 'why_not_minimised'>;

async function finish(
  options: ReplayOptions,
  group: OpenGroup,
  inTime: () => boolean,
): Promise<ReplayGroup> {
  return reported(group, await smallest(options, group, inTime));
}

async function smallest(
  { candidate, baseline, standIns }: ReplayOptions,
  { kind, example }: OpenGroup,
  inTime: () => boolean,
): Promise<Shown> {
  const { input, recorded } = example;
  const asRecorded = (why: string): Shown => ({
    input,
    minimised: false,
    why_not_minimised: why,
  });
  const before = await baseline(recorded.revision);
  if (before === undefined) return asRecorded('baseline_not_stored');
  const masked = recorded.input_masked ?? [];
  const whole = (small: PolicyInput): PolicyInput =>
    standIns.forInput(small, masked).inputs[0] ?? small;
  const holds = async (small: PolicyInput): Promise<boolean> => {
    const full = whole(small);
    const [had, has] = [await before.judge(full), await candidate.judge(full)];
    return compareOutcomes(had.outcome, has.outcome).includes(kind);
  };
  if (!(await holds(input))) return asRecorded('baseline_decides_otherwise');
  const shrunk = await shrink(input, async (small) => inTime() && holds(small), SHRINK_TRIES);
  return shrunk.complete && inTime()
    ? { input: shrunk.input, minimised: true }
    : { input: shrunk.input, minimised: false, why_not_minimised: 'out_of_time' };
}

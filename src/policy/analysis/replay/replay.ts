import type { PolicyInput } from '../../../domain/policy.js';
import type { ReplayGroup, ReplayReport } from '../../../domain/policy-analysis.js';
import type { RecordedDecision } from '../../../domain/policy-lifecycle.js';
import { compareOutcomes, NEW_GRANTS, type Outcomes } from '../../serving/compare.js';
import { digestOf, type Judge, type ReplayVerdict } from './judge.js';
import { holdsRedaction, withSecrets } from './redaction.js';
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
  const { candidate, sample } = options;
  const { input } = recorded;
  if (input === undefined) {
    tally.skip(recorded, recorded.why_not ?? 'not_recorded');
    return;
  }
  const { inputs, uncertain } = await inputsOf(options, recorded, input);
  const [after, ...others] = await judged(candidate, inputs);
  if (after === undefined || !others.every(({ outcome }) => same(after.outcome, outcome))) {
    tally.skip(recorded, uncertain ?? 'digest_mismatch');
    return;
  }
  if (uncertain === undefined && !isOriginal(after, recorded)) {
    tally.skip(recorded, 'digest_mismatch');
    return;
  }
  const kinds = compareOutcomes(recorded.outcome, after.outcome);
  tally.count(recorded, input, after, kinds, uncertain !== undefined);
  sample?.count(
    recorded,
    kinds.some((kind) => NEW_GRANTS.includes(kind)),
  );
}

/** What stands for the input that was decided on. */
interface Inputs {
  /** Inputs of which one is the decided one, or as good as it. */
  readonly inputs: readonly PolicyInput[];
  /** Why the decision is not replayable unless all inputs have one outcome; undefined for the decided input itself. */
  readonly uncertain?: string;
}

async function inputsOf(
  options: ReplayOptions,
  recorded: RecordedDecision,
  input: PolicyInput,
): Promise<Inputs> {
  const { inputs, unknown } = options.standIns.forInput(input, recorded.input_masked ?? []);
  // An agent can write the text of a redaction. The digest tells, except where texts are masked.
  if (holdsRedaction(input) && !isDecided(inputs, recorded)) {
    const likely = await repeating(options, recorded, inputs.flatMap(withSecrets));
    return { inputs: likely, uncertain: 'input_redacted' };
  }
  return unknown.length === 0
    ? { inputs: inputs.slice(0, 1) }
    : { inputs, uncertain: `masked: ${unknown.join(', ')}` };
}

function isDecided(
  [first, ...others]: readonly PolicyInput[],
  recorded: RecordedDecision,
): boolean {
  return first !== undefined && others.length === 0 && digestOf(first) === recorded.input_digest;
}

/**
 * Returns the inputs on which the bundle that decided repeats its recorded decision.
 * On the others, a change of the candidate would show nothing. Returns all when that bundle is not stored.
 */
async function repeating(
  { baseline }: ReplayOptions,
  { revision, outcome }: RecordedDecision,
  inputs: readonly PolicyInput[],
): Promise<readonly PolicyInput[]> {
  const before = await baseline(revision);
  if (before === undefined) return inputs;
  const verdicts = await judged(before, inputs);
  return inputs.filter((_, i) => same(outcome, verdicts[i]?.outcome ?? 'error'));
}

async function judged(
  judge: Judge,
  inputs: readonly PolicyInput[],
): Promise<readonly ReplayVerdict[]> {
  const verdicts: ReplayVerdict[] = [];
  for (const input of inputs) verdicts.push(await judge.judge(input));
  return verdicts;
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

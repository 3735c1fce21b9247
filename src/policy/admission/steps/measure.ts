import type { Candidate } from '../candidate.js';
import { timed } from '../thread-time.js';

/** Tries per slow evaluation: a slow policy is slow each time, a busy machine is not. */
const TRIES = 4;
const ROUNDS = 5;
/** Recreating a grown memory costs as much as loading the bundle, so it must be rare. */
const FREE_RECYCLES = 2;
const PER_RECYCLE = 100;
const MIB = 1024 * 1024;
/** Fuel of a timed evaluation, in budgets of serving: its time is what counts, and a loop without end still ends. */
const BUDGETS_TIMED = 50;

export interface Measured {
  readonly slowestMs: number;
  /** Units of fuel of the first evaluation on a fresh instance. */
  readonly fuelUsed: number;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Evaluates one input twice in a separate instance.
 * The first run is cold and compiles every pattern, as after each heap reset.
 */
export function measureEach(
  candidate: Candidate,
  input: Uint8Array,
  { limitMs, warnMs }: { readonly limitMs: number; readonly warnMs: number },
): Measured {
  let coldMs = Infinity;
  let againMs = Infinity;
  let fuelUsed = 0;
  const ended = (problem: string): Measured => {
    return { slowestMs: coldMs, fuelUsed, problems: [problem], warnings: [] };
  };
  for (let i = 0; i < TRIES && (i === 0 || coldMs > limitMs || againMs > limitMs); i++) {
    const fresh = candidate.fresh(candidate.instance.fuel * BUDGETS_TIMED);
    const cold = timed(() => fresh.decideBytes(input).problem);
    ({ fuelUsed } = fresh.instance);
    // A cold run does more work, so a fast cold run implies a fast warm one.
    const again = cold.tookMs > limitMs ? timed(() => fresh.decideBytes(input).problem) : cold;
    const runs = [cold, again];
    coldMs = Math.min(coldMs, cold.tookMs);
    againMs = Math.min(againMs, again.tookMs);
    if (runs.some(({ value }) => value?.startsWith('budget'))) {
      const times = String(BUDGETS_TIMED);
      return ended(`one evaluation uses more than ${times} times the fuel of an evaluation`);
    }
    const memory = runs.find(({ value }) => value?.startsWith('out_of_memory'))?.value;
    if (memory !== undefined) {
      const most = (candidate.limits.memoryMaxBytes / MIB).toFixed(0);
      return ended(`${memory}, with ${most} MiB`);
    }
  }
  const slow = describeSlow(coldMs, againMs, limitMs);
  const warn = slow === undefined ? describeSlow(coldMs, againMs, warnMs) : undefined;
  return {
    slowestMs: Math.max(coldMs, againMs),
    fuelUsed,
    problems: slow === undefined ? [] : [slow],
    warnings: warn === undefined ? [] : [warn],
  };
}

function describeSlow(coldMs: number, againMs: number, maxMs: number): string | undefined {
  const most = `at most ${milliseconds(maxMs)} should`;
  if (againMs > maxMs) return `one evaluation takes ${milliseconds(againMs)}; ${most}`;
  if (coldMs <= maxMs) return undefined;
  const took = milliseconds(coldMs);
  return `the first evaluation, which compiles the patterns it meets, takes ${took}; ${most}`;
}

/** Evaluates many inputs in turn in one instance, until `endMs`. Reports percentiles and memory growth. */
export function measureMany(
  candidate: Candidate,
  inputs: readonly Uint8Array[],
  endMs: number,
): { readonly detail: string; readonly problems: readonly string[] } {
  const { instance } = candidate;
  const before = instance.recycles;
  const times: number[] = [];
  const grows = (): boolean =>
    instance.recycles - before > FREE_RECYCLES + times.length / PER_RECYCLE;
  for (let i = 0; i < inputs.length * ROUNDS; i++) {
    const input = inputs[i % inputs.length];
    if (input === undefined || performance.now() > endMs || grows()) break;
    const startMs = performance.now();
    candidate.decideBytes(input);
    times.push(performance.now() - startMs);
  }
  const recycles = instance.recycles - before;
  const most = (candidate.limits.recycleGrowthBytes / MIB).toFixed(0);
  const problem =
    `ordinary inputs make the memory grow by more than ${most} MiB ` +
    `${String(recycles)} times in ${String(times.length)} evaluations`;
  times.sort((a, b) => a - b);
  const at = (share: number): string =>
    milliseconds(times[Math.floor((times.length - 1) * share)] ?? 0);
  const detail =
    `${String(times.length)} evaluations: p50 ${at(0.5)}, p99 ${at(0.99)}; ` +
    `memory ${(instance.memoryBytes / MIB).toFixed(1)} MiB, recreated ${String(recycles)} times`;
  return { detail, problems: grows() ? [problem] : [] };
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

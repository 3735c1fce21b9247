import { systemClock, type Clock } from '../../domain/clock.js';
import type {
  AdmissionReport,
  AdmissionStep,
  FuelUse,
  KnownInput,
  TestedInputs,
} from '../../domain/policy-lifecycle.js';
import { WorkerTimedOut } from '../../threads/failures.js';
import { runInWorker } from '../../threads/run-in-worker.js';
import {
  ADMISSION_DEADLINE_MS,
  ADMISSION_HEAP_MIB,
  type AdmissionOptions,
  type AdmissionTask,
} from './options.js';
import { skipped, STEP_NAMES } from './step-runner.js';
import type { Progress } from './options.js';
import { isTested } from './tested.js';
import { Whereabouts } from './whereabouts.js';

const THREAD = new URL('./thread', import.meta.url);
/** Part of the deadline reserved for ending the thread and writing the report, in milliseconds. */
const ENDING_MS = 500;

/**
 * Tries a bundle in a worker thread and reports the results.
 * The calling thread runs none of the bundle's code. Never throws: a hanging or memory-filling bundle ends as a failed
 * step.
 */
export async function admitBundle(
  archive: Uint8Array,
  options: AdmissionOptions,
  clock: Clock = systemClock,
): Promise<AdmissionReport> {
  const atMs = clock.nowMs();
  const startMs = performance.now();
  const seen = new Seen();
  const deadlineMs = options.deadlineMs ?? ADMISSION_DEADLINE_MS;
  const threadMs = Math.max(1, deadlineMs - ENDING_MS);
  const where = Whereabouts.memory();
  const endAtMs = performance.timeOrigin + startMs + threadMs;
  const task: AdmissionTask = { archive, options, shared: where, endAtMs };
  let steps: readonly AdmissionStep[];
  try {
    const limits = { deadlineMs: threadMs, heapMiB: options.heapMiB ?? ADMISSION_HEAP_MIB };
    steps = await runInWorker<readonly AdmissionStep[]>(THREAD, task, limits, (progress) => {
      seen.take(progress as Progress);
    });
  } catch (error) {
    const doing = new Whereabouts(where).describe();
    steps = seen.brokenOff(
      error instanceof WorkerTimedOut
        ? `admission not finished within ${String(deadlineMs)} ms; at the time: ${doing}`
        : `admission thread failed: ${messageOf(error)}; at the time: ${doing}`,
    );
  }
  return {
    ...seen.identity,
    ok: steps.every(({ ok }) => ok),
    at_ms: atMs,
    took_ms: Math.round(performance.now() - startMs),
    steps,
    ...(seen.known === undefined ? {} : { known_input: seen.known }),
    ...(seen.fuel === undefined ? {} : { fuel: seen.fuel }),
    tested: seen.inputs !== undefined && isTested(seen.inputs),
    ...(seen.inputs === undefined ? {} : { inputs: seen.inputs }),
  };
}

/** Messages of the thread so far, in case it does not finish. */
class Seen {
  identity: { readonly digest?: string; readonly revision?: string } = {};
  known: KnownInput | undefined;
  fuel: FuelUse | undefined;
  inputs: TestedInputs | undefined;
  private readonly ended: AdmissionStep[] = [];
  private beganMs = performance.now();

  take(progress: Progress): void {
    if ('identity' in progress) this.identity = progress.identity;
    else if ('ended' in progress) this.ended.push(progress.ended);
    else if ('known' in progress) this.known = progress.known;
    else if ('fuel' in progress) this.fuel = progress.fuel;
    else if ('inputs' in progress) this.inputs = progress.inputs;
    else this.beganMs = performance.now();
  }

  /** Returns the finished steps, the interrupted one, and those that never started. */
  brokenOff(problem: string): AdmissionStep[] {
    const name = STEP_NAMES[this.ended.length] ?? 'budget';
    const failed: AdmissionStep = {
      name,
      ok: false,
      detail: 'broken off',
      problems: [problem],
      took_ms: Math.round(performance.now() - this.beganMs),
    };
    const steps = [...this.ended, failed];
    return [...steps, ...skipped(steps)];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

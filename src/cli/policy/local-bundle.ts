import type { PolicyInput } from '../../domain/policy.js';
import type { EvaluationReport } from '../../domain/policy-analysis.js';
import { WorkerTimedOut } from '../../threads/failures.js';
import { runInWorker } from '../../threads/run-in-worker.js';

/** Input of the thread. */
export interface LocalEvaluation {
  readonly path: string;
  readonly entrypoint: string;
  readonly input: PolicyInput;
}

export type LocalReport = EvaluationReport | { readonly problems: readonly string[] };

const THREAD = new URL('./local-bundle-thread', import.meta.url);
const LIMITS = { deadlineMs: 30_000, heapMiB: 1024 };

/**
 * Evaluates a bundle in a thread with the fuel of the service and a deadline.
 * It verifies no signatures, since the result decides nothing. For a refused bundle, and for one that takes over 30
 * seconds, it returns the problems.
 */
export async function evaluateLocally(
  path: string,
  entrypoint: string,
  input: object,
): Promise<LocalReport> {
  const task: LocalEvaluation = { path, entrypoint, input: input as PolicyInput };
  try {
    return await runInWorker<LocalReport>(THREAD, task, LIMITS);
  } catch (error) {
    if (!(error instanceof WorkerTimedOut)) throw error;
    return { problems: [`the bundle took over ${String(LIMITS.deadlineMs)} ms`] };
  }
}

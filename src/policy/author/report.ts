import type { AdmissionStep } from '../../domain/policy-lifecycle.js';

export interface StepOutcome {
  readonly detail: string;
  /** All problems found; empty when the step passed. */
  readonly problems: readonly string[];
}

/** Runs one step and records how long it took, in milliseconds. */
export async function timedStep<T extends StepOutcome>(
  steps: AdmissionStep[],
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const startMs = performance.now();
  const outcome = await work();
  const { detail, problems } = outcome;
  steps.push({
    ...{ name, ok: problems.length === 0, detail },
    ...(problems.length > 0 && { problems }),
    took_ms: Math.round(performance.now() - startMs),
  });
  return outcome;
}

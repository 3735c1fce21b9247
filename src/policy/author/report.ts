import type { AdmissionStep } from '../../domain/policy-lifecycle.js';

export interface StepOutcome {
  readonly detail: string;
  /** Everything that is wrong; none when the step is passed. */
  readonly problems: readonly string[];
}

/** Does one step and times it. */
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

import type { AdmissionStep } from '../../domain/policy-lifecycle.js';

/** How sources passed their tests. Wire names. */
export interface TestReport {
  readonly ok: boolean;
  /** Absent when the sources do not compile. */
  readonly revision?: string;
  /** `compile`, `rego_tests`, `coverage`, `cases`, `differential`: as far as it came. */
  readonly steps: readonly AdmissionStep[];
  /** Of the lines that are served, those a Rego test ran; absent when no test ran. */
  readonly coverage_percent?: number;
  /** The cases that failed. */
  readonly failed_cases: readonly FailedCase[];
}

export interface FailedCase {
  readonly file: string;
  readonly name: string;
  readonly problems: readonly string[];
}

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

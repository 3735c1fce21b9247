import type { AdmissionStep } from '../../domain/policy-lifecycle.js';
import { BundleRefused } from '../bundle/refused.js';
import { CasesInvalid } from '../author/cases.js';
import type { Whereabouts } from './whereabouts.js';

/** The steps of admission, in order. */
export const STEP_NAMES = ['bundle', 'module', 'warm', 'cases', 'properties', 'budget'] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** Result of a step; it failed when it has problems. */
export interface Found<T> {
  readonly value: T;
  readonly detail: string;
  readonly problems?: readonly string[];
  readonly warnings?: readonly string[];
}

const MAX_PROBLEMS = 50;

/** Runs steps in sequence and records their results. */
export class StepRunner {
  readonly steps: AdmissionStep[] = [];

  constructor(
    private readonly where: Whereabouts,
    /** Called when a step starts and when it ends. */
    private readonly tell: (progress: StepName | AdmissionStep) => void,
  ) {}

  /** Runs a step. Returns its value even when it found problems; undefined when it threw. Never throws. */
  async run<T>(name: StepName, work: () => Found<T> | Promise<Found<T>>): Promise<T | undefined> {
    this.where.doing(name);
    this.tell(name);
    const startMs = performance.now();
    const found = await attempt(work);
    const { detail, problems = [], warnings = [] } = found;
    const step: AdmissionStep = {
      name,
      ok: problems.length === 0,
      detail,
      ...(problems.length > 0 && { problems: capped(problems) }),
      ...(warnings.length > 0 && { warnings: capped(warnings) }),
      took_ms: Math.round(performance.now() - startMs),
    };
    this.steps.push(step);
    this.tell(step);
    return found.value;
  }
}

/** Returns the steps that never ran, so that a report always lists all of them. */
export function skipped(steps: readonly AdmissionStep[]): AdmissionStep[] {
  const failed = steps.find(({ ok }) => !ok)?.name ?? 'an earlier step';
  return STEP_NAMES.slice(steps.length).map((name) => ({
    name,
    ok: false,
    detail: `skipped: ${failed} did not pass`,
    took_ms: 0,
  }));
}

async function attempt<T>(
  work: () => Found<T> | Promise<Found<T>>,
): Promise<Found<T> | Found<undefined>> {
  try {
    return await work();
  } catch (error) {
    const detail = 'refused';
    if (error instanceof BundleRefused) {
      const problems = error.problems.map((problem) => `${error.code}: ${problem}`);
      return { value: undefined, detail, problems };
    }
    if (error instanceof CasesInvalid)
      return { value: undefined, detail, problems: error.problems };
    return { value: undefined, detail: 'the step itself failed', problems: [String(error)] };
  }
}

function capped(texts: readonly string[]): readonly string[] {
  if (texts.length <= MAX_PROBLEMS) return texts;
  const more = `and ${String(texts.length - MAX_PROBLEMS)} more`;
  return [...texts.slice(0, MAX_PROBLEMS), more];
}

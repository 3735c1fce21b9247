import type { AdmissionStep } from '../../domain/policy-lifecycle.js';
import type { AdmissionTask, Progress } from './options.js';
import { knownInput } from './known-input.js';
import { skipped, StepRunner } from './step-runner.js';
import { openBundle } from './steps/bundle.js';
import { measureBudget } from './steps/budget.js';
import { runCases } from './steps/cases.js';
import { openModule } from './steps/module.js';
import { testProperties } from './steps/properties.js';
import { warmUp } from './steps/warm.js';
import { Whereabouts } from './whereabouts.js';

/** Time reserved for reporting results, in milliseconds. */
const RESERVE_MS = 500;

/** Runs all steps of admission in the thread. The last three depend on the first three only. */
export async function runSteps(
  task: AdmissionTask,
  tell: (progress: Progress) => void,
): Promise<readonly AdmissionStep[]> {
  const where = new Whereabouts(task.shared);
  const runner = new StepRunner(where, (told) => {
    tell(typeof told === 'string' ? { begins: told } : { ended: told });
  });
  const allSteps = (): AdmissionStep[] => [...runner.steps, ...skipped(runner.steps)];
  const { options } = task;
  // Each thread has a separate time origin.
  const endMs = task.endAtMs - performance.timeOrigin;

  const bundle = await runner.run('bundle', () =>
    openBundle(task.archive, options, (identity) => {
      tell({ identity });
    }),
  );
  if (bundle === undefined) return allSteps();
  const opened = await runner.run('module', () => openModule(bundle, options, where));
  if (opened === undefined) return allSteps();
  const candidate = await runner.run('warm', () => warmUp(opened));
  if (candidate === undefined) return allSteps();

  const cases = await runner.run('cases', () => runCases(candidate, where));
  const inputs = await runner.run('properties', () =>
    testProperties(candidate, cases ?? [], options, where, endMs),
  );
  if (inputs !== undefined) tell({ inputs: inputs.tested });
  tell({ known: knownInput(candidate, cases ?? [], inputs) });
  const fuel = await runner.run('budget', () =>
    measureBudget(candidate, inputs, options, where, endMs - RESERVE_MS),
  );
  if (fuel !== undefined) tell({ fuel });
  return runner.steps;
}

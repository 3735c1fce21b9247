import { parentPort, workerData } from 'node:worker_threads';
import type { AdmissionStep, KnownInput } from '../../domain/policy-lifecycle.js';
import type { AdmissionTask } from './options.js';
import { runSteps } from './run-steps.js';
import type { StepName } from './step-runner.js';

/** What the thread tells while it works. */
export type Progress =
  | { readonly begins: StepName }
  | { readonly ended: AdmissionStep }
  | { readonly known: KnownInput }
  | { readonly identity: { readonly digest: string; readonly revision: string } };

// The entry of a thread of its own: runInWorker() in admit-bundle.ts loads this module.
if (parentPort !== null) {
  const port = parentPort;
  const tell = (progress: Progress): void => {
    port.postMessage({ progress });
  };
  port.postMessage({ answer: await runSteps(workerData as AdmissionTask, tell) });
}

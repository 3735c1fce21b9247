import { parentPort, workerData } from 'node:worker_threads';
import type { AdmissionTask, Progress } from './options.js';
import { runSteps } from './run-steps.js';
// The entry of a thread of its own: runInWorker() in admit-bundle.ts loads this module.
if (parentPort !== null) {
  const port = parentPort;
  const tell = (progress: Progress): void => {
    port.postMessage({ progress });
  };
  port.postMessage({ answer: await runSteps(workerData as AdmissionTask, tell) });
}

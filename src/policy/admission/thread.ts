import { parentPort, workerData } from 'node:worker_threads';
import type { AdmissionTask, Progress } from './options.js';
import { runSteps } from './run-steps.js';
// Entry of a worker thread: runInWorker() in admit-bundle.ts loads this module.
if (parentPort !== null) {
  const port = parentPort;
  const tell = (progress: Progress): void => {
    port.postMessage({ progress });
  };
  port.postMessage({ answer: await runSteps(workerData as AdmissionTask, tell) });
}

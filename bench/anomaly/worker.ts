import { parentPort } from 'node:worker_threads';
import { runDrift, runSeed, type Task } from './tasks.js';

// A worker is given one task after another, and answers each.
parentPort?.on('message', (task: Task) => {
  parentPort?.postMessage(task.kind === 'seed' ? runSeed(task) : runDrift(task));
});

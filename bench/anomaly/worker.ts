import { parentPort } from 'node:worker_threads';
import { measureLog } from './logs/measure.js';
import { runDrift, runSeed, type Task } from './tasks.js';

const run = (task: Task): unknown => {
  switch (task.kind) {
    case 'seed':
      return runSeed(task);
    case 'drift':
      return runDrift(task);
    case 'log':
      return measureLog(task.name, task.stepUp);
  }
};

// A worker is given one task after another, and answers each. An error of a task ends the worker and is reported.
parentPort?.on('message', (task: Task) => {
  void Promise.resolve(run(task)).then((answer) => {
    parentPort?.postMessage(answer);
  });
});

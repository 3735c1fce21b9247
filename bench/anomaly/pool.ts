import { Worker } from 'node:worker_threads';
import type { LogResult } from './logs/measure.js';
import type { Drift, DriftTask, Result, SeedTask, Task } from './tasks.js';

type Answer<T extends Task> = T extends SeedTask
  ? Result[]
  : T extends DriftTask
    ? Drift
    : LogResult;

/** Runs tasks on `threads` worker threads; the answers are in the order of the tasks. Rejects when a worker fails. */
export async function runTasks<T extends Task>(
  tasks: readonly T[],
  threads: number,
  done: (task: T) => void,
): Promise<Answer<T>[]> {
  const answers = Array<Answer<T>>(tasks.length);
  const waiting = [...tasks.entries()];
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('worker.mjs', import.meta.url));
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [at, task] = next;
        answers[at] = await ask<T>(worker, task);
        done(task);
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, work));
  return answers;
}

function ask<T extends Task>(worker: Worker, task: T): Promise<Answer<T>> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('error', fail);
      worker.off('message', answer);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const answer = (message: Answer<T>): void => {
      settle();
      resolve(message);
    };
    worker.on('error', fail);
    worker.on('message', answer);
    worker.postMessage(task);
  });
}

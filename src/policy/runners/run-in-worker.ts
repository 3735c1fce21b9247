import { Worker } from 'node:worker_threads';

export interface WorkerLimits {
  /** Time until the thread is terminated, in milliseconds. */
  readonly deadlineMs: number;
  /** Maximum JavaScript heap of the thread, in MiB. WASM memory has the limits of its instance. */
  readonly heapMiB: number;
}

/** The thread did not answer in time and was terminated. */
export class WorkerTimedOut extends Error {
  override readonly name = 'WorkerTimedOut';
}

/** The thread threw, ran out of heap, or ended without an answer. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

/**
 * Runs `module` (path without extension) in a worker thread with `data` as `workerData`.
 * Resolves with the first message it posts. Each earlier message `{progress}` goes to `onProgress`. Terminates the
 * thread in any case, even in an endless WASM loop. Throws WorkerTimedOut, WorkerFailed.
 */
export async function runInWorker<T>(
  module: URL,
  data: unknown,
  limits: WorkerLimits,
  onProgress: (progress: unknown) => void = () => undefined,
): Promise<T> {
  const worker = new Worker(`${STAND_BACK} ${loaderOf(module)}`, {
    eval: true,
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMiB },
    env: {},
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new WorkerTimedOut(`no answer within ${String(limits.deadlineMs)} ms`));
      }, limits.deadlineMs);
      worker.on('message', (message: { answer: T } | { progress: unknown }) => {
        if ('progress' in message) onProgress(message.progress);
        else resolve(message.answer);
      });
      worker.on('error', (error) => {
        reject(new WorkerFailed(String(error), { cause: error }));
      });
      worker.on('exit', (code) => {
        reject(new WorkerFailed(`the thread ended with ${String(code)} and no answer`));
      });
    });
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/**
 * Lowers the priority of the thread on Linux, so that requests win over a bundle under test.
 * Elsewhere the priority is that of the whole process, which is left unchanged.
 */
const STAND_BACK = `
  const { getPriority, setPriority } = require('node:os');
  if (process.platform === 'linux' && getPriority(0) < 5) setPriority(0, 5);`;

/** Returns code that imports the module. TypeScript sources, as in tests, need their loader first. */
function loaderOf(module: URL): string {
  if (!import.meta.url.endsWith('.ts')) return `import(${JSON.stringify(`${module.href}.js`)});`;
  const load = `import(${JSON.stringify(`${module.href}.ts`)})`;
  return `import('tsx/esm/api').then(({ register }) => { register(); return ${load}; });`;
}

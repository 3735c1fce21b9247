import { Worker } from 'node:worker_threads';

export interface WorkerLimits {
  /** The thread is ended after this. */
  readonly deadlineMs: number;
  /** Of the thread's JavaScript heap, in MiB; WASM memory has the limits of its instance. */
  readonly heapMiB: number;
}

/** The thread did not answer in time and was ended. */
export class WorkerTimedOut extends Error {
  override readonly name = 'WorkerTimedOut';
}

/** The thread threw, ran out of heap, or ended without an answer. */
export class WorkerFailed extends Error {
  override readonly name = 'WorkerFailed';
}

/**
 * Runs `module` (without its file ending) in a thread of its own with `data` as `workerData`, and resolves with
 * the first message it posts. Each message `{progress}` before that goes to `onProgress`. Whatever happens in the
 * thread, an endless loop in WASM included, ends with it. Throws WorkerTimedOut, WorkerFailed.
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
 * On Linux the priority of a thread is its own: a request is answered before a bundle is tried, where both want the
 * same core. Elsewhere it would be that of the whole process, which is left alone.
 */
const STAND_BACK = `
  const { getPriority, setPriority } = require('node:os');
  if (process.platform === 'linux' && getPriority(0) < 5) setPriority(0, 5);`;

/** Beside built sources the module is JavaScript; beside TypeScript, as in tests, the thread needs their loader first. */
function loaderOf(module: URL): string {
  if (!import.meta.url.endsWith('.ts')) return `import(${JSON.stringify(`${module.href}.js`)});`;
  const load = `import(${JSON.stringify(`${module.href}.ts`)})`;
  return `import('tsx/esm/api').then(({ register }) => { register(); return ${load}; });`;
}

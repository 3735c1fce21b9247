import { killChildren, noteChild, type ChildNote } from './children.js';
import { WorkerFailed, WorkerTimedOut } from './failures.js';
import { endThread, startThread } from './start-thread.js';

export interface WorkerLimits {
  /** Time until the thread is terminated, in milliseconds. */
  readonly deadlineMs: number;
  /** Maximum JavaScript heap of the thread, in MiB. WASM memory has the limits of its instance. */
  readonly heapMiB: number;
  /** Terminates the thread. */
  readonly signal?: AbortSignal;
}

type Message<T> = { readonly answer: T } | { readonly progress: unknown } | ChildNote;

/**
 * Runs `module` (path without extension) in a worker thread with `data` as `workerData`.
 * Resolves with the first message it posts. Each earlier message `{progress}` goes to `onProgress`. Terminates the
 * thread and its child processes in any case, even in an endless WASM loop; a native call ends first. Throws WorkerTimedOut, WorkerFailed.
 */
export async function runInWorker<T>(
  module: URL,
  data: unknown,
  limits: WorkerLimits,
  onProgress: (progress: unknown) => void = () => undefined,
): Promise<T> {
  const worker = startThread({ module, data, heapMiB: limits.heapMiB });
  const children = new Set<number>();
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new WorkerTimedOut(`no answer within ${String(limits.deadlineMs)} ms`));
      }, limits.deadlineMs);
      worker.on('message', (message: Message<T>) => {
        if ('child' in message) follow(children, message);
        else if ('progress' in message) onProgress(message.progress);
        else resolve(message.answer);
      });
      worker.on('error', (error) => {
        reject(new WorkerFailed(String(error), { cause: error }));
      });
      const stop = (): void => void endThread(worker);
      if (limits.signal?.aborted === true) stop();
      limits.signal?.addEventListener('abort', stop);
      worker.on('exit', (code) => {
        limits.signal?.removeEventListener('abort', stop);
        reject(new WorkerFailed(`the thread ended with ${String(code)} and no answer`));
      });
    });
  } finally {
    clearTimeout(timer);
    await endThread(worker);
    killChildren(children);
  }
}

function follow(children: Set<number>, note: ChildNote): void {
  if (note.running) children.add(note.child);
  else children.delete(note.child);
  noteChild(note);
}

import type { Worker } from 'node:worker_threads';
import { receivedError, type FromThread, type ToThread } from './call-message.js';
import { QueueFull, WorkerFailed, WorkerTimedOut } from './failures.js';
import { endThread, startThread, type ThreadSpec } from './start-thread.js';

export interface CallThreadOptions extends ThreadSpec {
  /** Maximum number of open calls; a further one is refused. */
  readonly maxOpen: number;
  /** Maximum number of open calls by callReserved, which are counted apart; 0 by default. */
  readonly reserved?: number;
  /** Time until a call is cancelled, in milliseconds. */
  readonly deadlineMs: number;
  /** Time until a thread that does not end a cancelled call is terminated, in milliseconds; 0: at once. */
  readonly graceMs: number;
}

interface OpenCall {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
  readonly reserved: boolean;
  timer: NodeJS.Timeout;
}

/**
 * A thread that serves calls until it is closed; see serveCalls.
 * It starts at the first call. After it failed or was terminated, the next call starts another one.
 */
export class CallThread {
  readonly #options: CallThreadOptions;
  readonly #open = new Map<number, OpenCall>();
  #thread: Worker | undefined;
  #lastId = 0;
  #closed = false;

  constructor(options: CallThreadOptions) {
    this.#options = options;
  }

  /**
   * Calls a handler of the thread.
   * Throws QueueFull, WorkerTimedOut, WorkerFailed, and the error of the handler.
   */
  call<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    return this.#call(false, name, args);
  }

  /** Calls as `call` does, in a reserved place. */
  callReserved<T>(name: string, ...args: readonly unknown[]): Promise<T> {
    return this.#call(true, name, args);
  }

  #call<T>(reserved: boolean, name: string, args: readonly unknown[]): Promise<T> {
    const { deadlineMs, maxOpen, reserved: places = 0 } = this.#options;
    const most = reserved ? places : maxOpen;
    return new Promise<T>((resolve, reject) => {
      if (this.#closed) throw new WorkerFailed('the thread is closed');
      if (this.#openOf(reserved) >= most) throw new QueueFull(`${String(most)} calls are open`);
      const thread = (this.#thread ??= this.#start());
      const id = ++this.#lastId;
      const timer = setTimeout(() => {
        this.#cancel(id);
      }, deadlineMs);
      this.#open.set(id, { resolve, reject, reserved, timer });
      post(thread, { id, name, args });
    });
  }

  #openOf(reserved: boolean): number {
    let open = 0;
    for (const call of this.#open.values()) if (call.reserved === reserved) open += 1;
    return open;
  }

  /** Rejects every open call and ends the thread. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    this.#thread = undefined;
    this.#rejectAll('the thread is closed');
    if (thread === undefined) return;
    const ended = new Promise((resolve) => thread.once('exit', resolve));
    post(thread, { close: true });
    const timer = setTimeout(() => void endThread(thread), this.#options.graceMs);
    await ended;
    clearTimeout(timer);
  }

  #start(): Worker {
    const thread = startThread(this.#options);
    // The listeners of the process keep it alive, not its threads.
    thread.unref();
    thread.on('message', (message: FromThread) => {
      this.#settle(message);
    });
    thread.on('error', (error) => {
      this.#drop(thread, String(error));
    });
    thread.on('exit', (code) => {
      this.#drop(thread, `the thread ended with ${String(code)}`);
    });
    return thread;
  }

  #settle(message: FromThread): void {
    const call = this.#open.get(message.id);
    if (call === undefined) return;
    this.#open.delete(message.id);
    clearTimeout(call.timer);
    if ('error' in message) call.reject(receivedError(message.error));
    else call.resolve(message.value as never);
  }

  /** Rejects a late call. It stays open until the thread has ended it, or the thread is terminated. */
  #cancel(id: number): void {
    const call = this.#open.get(id);
    const thread = this.#thread;
    if (call === undefined || thread === undefined) return;
    const { deadlineMs, graceMs } = this.#options;
    call.reject(new WorkerTimedOut(`no answer within ${String(deadlineMs)} ms`));
    const drop = (): void => {
      this.#drop(thread, 'a call did not end at its deadline');
    };
    if (graceMs === 0) {
      drop();
      return;
    }
    post(thread, { cancel: id });
    call.timer = setTimeout(drop, graceMs);
  }

  /** Terminates a thread and rejects its open calls. */
  #drop(thread: Worker, why: string): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    this.#rejectAll(why);
    void endThread(thread);
  }

  #rejectAll(why: string): void {
    for (const { reject, timer } of this.#open.values()) {
      clearTimeout(timer);
      reject(new WorkerFailed(why));
    }
    this.#open.clear();
  }
}

function post(thread: Worker, message: ToThread): void {
  thread.postMessage(message);
}

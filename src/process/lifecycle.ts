import type { Logger } from '../domain/logger.js';
import { STOP_LIMITS } from '../domain/stop-limits.js';
import type { ReadinessCheck, ReadinessReport } from '../domain/readiness.js';

export interface LifecycleOptions {
  readonly log: Logger;
  /** Total limit for closing, in milliseconds. */
  readonly deadlineMs: number;
  /** Part of the limit that a closer leaves to each closer behind it, in milliseconds. Default 0. */
  readonly reservedMs?: number;
  /** Limit of one readiness check, in milliseconds. */
  readonly checkTimeoutMs?: number;
  /** A monotonic clock in milliseconds. */
  readonly monotonicMs?: () => number;
}

/** Start, readiness, reload and shutdown of the parts of a process. */
export interface Lifecycle {
  /** Registers a closer. Closers run in reverse order of registration. */
  onClose(name: string, close: () => Promise<void> | void): void;
  onReload(name: string, reload: () => Promise<void> | void): void;
  addCheck(check: ReadinessCheck): void;
  /**
   * Runs the checks; never throws.
   * A check that throws or is late fails. Not ready once closing has begun.
   */
  readiness(): Promise<ReadinessReport>;
  /** Calls every reload callback; a failure is logged and does not stop the others. */
  reload(reason: string): Promise<void>;
  /**
   * Closes the process; idempotent.
   * Resolves to false when a closer failed or was late. A closer that is registered later runs at once.
   */
  close(reason: string): Promise<boolean>;
  readonly closing: boolean;
  /** Aborts when closing begins, with an error as reason. Ends the waits of a start-up. */
  readonly stopping: AbortSignal;
}

interface Callback {
  readonly name: string;
  readonly run: () => Promise<void> | void;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  return new ProcessLifecycle(options);
}

class ProcessLifecycle implements Lifecycle {
  readonly #options: Required<LifecycleOptions>;
  readonly #closers: Callback[] = [];
  readonly #reloads: Callback[] = [];
  readonly #checks: ReadinessCheck[] = [];
  readonly #stopping = new AbortController();
  #closed: Promise<boolean> | undefined;

  constructor(options: LifecycleOptions) {
    this.#options = {
      checkTimeoutMs: 1000,
      reservedMs: 0,
      monotonicMs: () => performance.now(),
      ...options,
    };
  }

  get closing(): boolean {
    return this.#closed !== undefined;
  }

  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  onClose(name: string, run: Callback['run']): void {
    this.#closers.push({ name, run });
    // Registered too late for the loop: start-up continued during the shutdown.
    this.#closed = this.#closed?.then(async (clean) => (await this.#closeRest()) && clean);
  }

  onReload(name: string, run: Callback['run']): void {
    this.#reloads.push({ name, run });
  }

  addCheck(check: ReadinessCheck): void {
    this.#checks.push(check);
  }

  async readiness(): Promise<ReadinessReport> {
    const checks = await Promise.all(this.#checks.map((check) => this.#ask(check)));
    if (this.closing) checks.push({ name: 'lifecycle', ok: false, detail: 'closing', ms: 0 });
    return { ready: checks.every(({ ok }) => ok), checks };
  }

  async reload(reason: string): Promise<void> {
    this.#options.log.info({ reason }, 'reloading');
    for (const callback of this.#reloads) {
      await this.#step('reload', callback, this.#options.deadlineMs);
    }
  }

  close(reason: string): Promise<boolean> {
    if (this.#closed === undefined) {
      this.#closed = this.#closeAll(reason);
      this.#stopping.abort(new Error(`interrupted: ${reason}`));
    }
    return this.#closed;
  }

  async #closeAll(reason: string): Promise<boolean> {
    const { log, monotonicMs } = this.#options;
    log.info({ reason }, 'closing');
    const from = monotonicMs();
    const clean = await this.#closeRest();
    log.info({ clean, ms: Math.round(monotonicMs() - from) }, 'closed');
    return clean;
  }

  async #closeRest(): Promise<boolean> {
    const { deadlineMs, reservedMs, monotonicMs } = this.#options;
    const from = monotonicMs();
    let clean = true;
    for (let last = this.#closers.pop(); last !== undefined; last = this.#closers.pop()) {
      const forOthersMs = reservedMs * this.#closers.length;
      const leftMs = deadlineMs - forOthersMs - (monotonicMs() - from);
      if (!(await this.#step('close', last, Math.max(leftMs, STOP_LIMITS.lastMs)))) clean = false;
    }
    return clean;
  }

  async #step(step: string, { name, run }: Callback, limitMs: number): Promise<boolean> {
    const { log, monotonicMs } = this.#options;
    const from = monotonicMs();
    try {
      await within(limitMs, async () => {
        await run();
      });
      log.info({ step, name, ms: Math.round(monotonicMs() - from) }, 'lifecycle step completed');
      return true;
    } catch (error) {
      const ms = Math.round(monotonicMs() - from);
      log.error({ step, name, ms, err: error }, 'lifecycle step failed');
      return false;
    }
  }

  async #ask(check: ReadinessCheck): Promise<ReadinessReport['checks'][number]> {
    const { checkTimeoutMs, monotonicMs } = this.#options;
    const from = monotonicMs();
    const answer = await within(checkTimeoutMs, () => check.check()).catch((error: unknown) => ({
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
    }));
    const { ok, detail } = answer;
    return { name: check.name, ok, detail, ms: Math.round(monotonicMs() - from) };
  }
}

/** Returns the result, or rejects when it takes longer than `limitMs`. */
async function within<T>(limitMs: number, run: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`took longer than ${String(Math.round(limitMs))} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([run(), late]);
  } finally {
    clearTimeout(timer);
  }
}

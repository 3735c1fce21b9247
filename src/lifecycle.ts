import type { ReadinessCheck } from './authorize/operations.js';
import type { Logger } from './domain/logger.js';

export interface LifecycleOptions {
  readonly log: Logger;
  /** How long closing may take in all. */
  readonly deadlineMs: number;
  /** How long one readiness check may take. */
  readonly checkTimeoutMs?: number;
  /** Milliseconds that only go forward. */
  readonly monotonicMs?: () => number;
}

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    readonly ms: number;
  }[];
}

/** How the parts of a process come up, are asked how they are, and go down. */
export interface Lifecycle {
  /** Registers a closer. Closers run in reverse: what was opened last closes first. */
  onClose(name: string, close: () => Promise<void> | void): void;
  onReload(name: string, reload: () => Promise<void> | void): void;
  addCheck(check: ReadinessCheck): void;
  /** Never throws: a check that throws or is late is not ok. Not ready once closing began. */
  readiness(): Promise<ReadinessReport>;
  /** Calls every reload callback; one that fails is logged and does not stop the others. */
  reload(reason: string): Promise<void>;
  /** Idempotent. Resolves to false when a closer failed or was late. */
  close(reason: string): Promise<boolean>;
  readonly closing: boolean;
}

/** What each closer gets at least, when others have used up the deadline. */
const LAST_GRACE_MS = 250;

interface Named<T> {
  readonly name: string;
  readonly run: T;
}

export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const { log, deadlineMs } = options;
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  const checkTimeoutMs = options.checkTimeoutMs ?? 1000;
  const closers: Named<() => Promise<void> | void>[] = [];
  const reloads: Named<() => Promise<void> | void>[] = [];
  const checks: ReadinessCheck[] = [];
  let closed: Promise<boolean> | undefined;

  const step = async (
    what: string,
    { name, run }: Named<() => Promise<void> | void>,
    limitMs: number,
  ): Promise<boolean> => {
    const from = monotonicMs();
    try {
      await within(limitMs, async () => {
        await run();
      });
      log.info({ name, ms: Math.round(monotonicMs() - from) }, what);
      return true;
    } catch (error) {
      log.error({ name, ms: Math.round(monotonicMs() - from), err: error }, `${what}: failed`);
      return false;
    }
  };

  const closeAll = async (reason: string): Promise<boolean> => {
    log.info({ reason }, 'closing');
    const from = monotonicMs();
    let clean = true;
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      const left = Math.max(deadlineMs - (monotonicMs() - from), LAST_GRACE_MS);
      if (!(await step('closed', closer, left))) clean = false;
    }
    log.info({ clean, ms: Math.round(monotonicMs() - from) }, 'closed all');
    return clean;
  };

  const ask = async (check: ReadinessCheck): Promise<ReadinessReport['checks'][number]> => {
    const from = monotonicMs();
    const answer = await within(checkTimeoutMs, () => check.check()).catch((error: unknown) => ({
      ok: false,
      detail: error instanceof Error ? error.message : String(error),
    }));
    return { name: check.name, ...answer, ms: Math.round(monotonicMs() - from) };
  };

  return {
    onClose: (name, run) => void closers.push({ name, run }),
    onReload: (name, run) => void reloads.push({ name, run }),
    addCheck: (check) => void checks.push(check),
    readiness: async () => {
      const answers = await Promise.all(checks.map(ask));
      const going = closed !== undefined;
      const down = { name: 'lifecycle', ok: false, detail: 'closing', ms: 0 };
      const all = going ? [...answers, down] : answers;
      return { ready: all.every(({ ok }) => ok), checks: all };
    },
    reload: async (reason) => {
      log.info({ reason }, 'reloading');
      for (const callback of reloads) await step('reloaded', callback, deadlineMs);
    },
    close: (reason) => (closed ??= closeAll(reason)),
    get closing() {
      return closed !== undefined;
    },
  };
}

/** The promise, or an error when it takes longer. */
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

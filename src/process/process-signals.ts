import type { Logger } from '../domain/logger.js';
import type { Lifecycle } from './lifecycle.js';

/** The required part of `process`, replaceable in tests. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

export interface SignalOptions {
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  /** Meaning of SIGHUP: `close` for a process that ends with its terminal. Default `reload`. */
  readonly hangup?: 'reload' | 'close';
  readonly source?: SignalSource;
  /** Ends the process at once, on the second signal. */
  readonly exit?: (code: number) => void;
  /** A monotonic clock in milliseconds. */
  readonly monotonicMs?: () => number;
}

/**
 * One Ctrl-C reaches a child twice: from the terminal, and forwarded by its parent.
 * Repeated signals within this time, in milliseconds, count once.
 */
const SAME_SIGNAL_MS = 500;

const NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Handles the signals of the process.
 * SIGTERM and SIGINT close; a second one exits at once with 128 + its number. SIGHUP reloads or closes. `closed`
 * resolves to whether the shutdown was clean.
 */
export function handleSignals(options: SignalOptions): {
  readonly closed: Promise<boolean>;
  stop(): void;
} {
  const { lifecycle, log } = options;
  const source = options.source ?? process;
  const exit = options.exit ?? ((code: number) => process.exit(code));
  const monotonicMs = options.monotonicMs ?? (() => performance.now());
  let askedAtMs: number | undefined;
  let settle: (clean: boolean) => void = () => undefined;
  const closed = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const end = (signal: keyof typeof NUMBERS) => () => {
    if (askedAtMs !== undefined) {
      if (monotonicMs() - askedAtMs < SAME_SIGNAL_MS) return;
      log.warn({ signal }, 'second signal: exiting at once');
      exit(128 + NUMBERS[signal]);
      return;
    }
    askedAtMs = monotonicMs();
    void lifecycle.close(signal).then(settle);
  };
  const reload = () => void lifecycle.reload('SIGHUP');
  const listeners = [
    ['SIGTERM', end('SIGTERM')],
    ['SIGINT', end('SIGINT')],
    ['SIGHUP', options.hangup === 'close' ? end('SIGHUP') : reload],
  ] as const;
  for (const [signal, listener] of listeners) source.on(signal, listener);
  return {
    closed,
    stop: () => {
      for (const [signal, listener] of listeners) source.off(signal, listener);
    },
  };
}

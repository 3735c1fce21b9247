import type { DecisionPump } from './pump.js';

/** Waiting times between two drains, in milliseconds. */
export interface Pace {
  /** After a successful drain. */
  idle(): number;
  /** After this number of consecutive failures. */
  afterFailure(failures: number): number;
}

/** Receives the first failure of a kind and the recovery of a sink, not every attempt. */
export interface SinkWatcher {
  failed(sink: string, message: string): void;
  recovered(sink: string): void;
}

const FIRST_BACKOFF_MS = 100;
const BACKOFF_FACTOR = 1.6;
const BACKOFF_JITTER = 0.2;

/**
 * Returns OPA's pace: between `minMs` and `maxMs` after an upload; 100 ms after a failure, then 1.6
 * times more, to `maxMs`.
 */
export function uploadPace(minMs: number, maxMs: number, random: () => number): Pace {
  return {
    idle: () => minMs + (maxMs - minMs) * random(),
    afterFailure: (failures) => {
      const grown = FIRST_BACKOFF_MS * BACKOFF_FACTOR ** Math.min(failures - 1, 64);
      const capped = Math.min(grown, Math.max(maxMs, FIRST_BACKOFF_MS));
      return capped * (1 + BACKOFF_JITTER * (random() * 2 - 1));
    },
  };
}

/** Drains a pump repeatedly until it is stopped; `stop` aborts the current drain and waits for it. */
export function runPump(
  pump: DecisionPump,
  pace: Pace,
  watcher: SinkWatcher,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  const run = async (): Promise<void> => {
    let failures = 0;
    let told: string | undefined;
    while (!stopped()) {
      try {
        await pump.drain(stopping.signal);
        if (told !== undefined) watcher.recovered(pump.sink.name);
        failures = 0;
        told = undefined;
      } catch (error) {
        if (stopped()) return;
        failures += 1;
        const message = error instanceof Error ? error.message : 'unknown failure';
        if (message !== told) watcher.failed(pump.sink.name, message);
        told = message;
      }
      await pause(failures === 0 ? pace.idle() : pace.afterFailure(failures), stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
      await pump.sink.close();
    },
  };
}

/** Waits until the time is over or `stopping` aborts. Does not keep the process alive. */
function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    stopping.addEventListener('abort', done);
  });
}

import type { DecisionPump } from './pump.js';

/** How long to wait between two drains, in milliseconds. */
export interface Pace {
  /** After one that went well. */
  idle(): number;
  /** After so many failures in a row. */
  afterFailure(failures: number): number;
}

/** Told when a sink begins to fail in another way, and when it works again: not of every try. */
export interface SinkWatcher {
  failed(sink: string, message: string): void;
  recovered(sink: string): void;
}

const FIRST_BACKOFF_MS = 100;
const BACKOFF_FACTOR = 1.6;
const BACKOFF_JITTER = 0.2;

/** OPA's pace: between `minMs` and `maxMs` after an upload; after failures 100 ms and then 1.6 times that, to `maxMs`. */
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

/** Drains a pump again and again until it is stopped; `stop` ends what is under way and waits for it. */
export function runPump(
  pump: DecisionPump,
  pace: Pace,
  watcher: SinkWatcher,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    let failures = 0;
    let told: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        await pump.drain(stopping.signal);
        if (told !== undefined) watcher.recovered(pump.sink.name);
        failures = 0;
        told = undefined;
      } catch (error) {
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

/** Waits, or not any longer once `stopping` is. Does not keep the process alive. */
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

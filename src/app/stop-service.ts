import { settled } from '../domain/deadline.js';
import { STOP_LIMITS } from '../domain/stop-limits.js';
import type { Listeners } from '../http/listeners.js';
import type { Parts } from './parts.js';
import type { Storage } from './storage.js';

export interface StopParts {
  /** Aborts when the process begins to close. */
  readonly stopping: AbortSignal;
  readonly listeners: Pick<Listeners, 'close'>;
  /** Stop the periodic work and the threads. */
  readonly tasks: readonly (() => Promise<unknown>)[];
  readonly parts: Pick<Parts, 'uses' | 'misuses' | 'adminFailures' | 'auditReader'>;
  readonly storage: Pick<Storage, 'close'>;
}

/**
 * Creates the closer of a service.
 * The drain begins with the signal, while other closers, such as the worker's, run before this one. Throws when counts
 * could not be written.
 */
export function stopService(options: StopParts): () => Promise<void> {
  const { stopping, listeners, tasks, parts, storage } = options;
  let drained: Promise<void> | undefined;
  const drain = async (): Promise<void> => {
    await listeners.close(STOP_LIMITS.drainMs);
    // Without an answer of Redis they end with its connections, below.
    await settled(STOP_LIMITS.tasksMs, Promise.all(tasks.map((stop) => stop())));
  };
  const begin = (): Promise<void> => (drained ??= drain());
  stopping.addEventListener('abort', () => {
    void begin();
  });
  return async () => {
    await begin();
    try {
      const { uses, misuses, adminFailures } = parts;
      await Promise.all([uses.flush(), misuses.flush(), adminFailures.counter.flush(true)]);
      await parts.auditReader.close();
    } finally {
      storage.close();
    }
  };
}

/**
 * Limits of a stop, in milliseconds.
 * Together they end a process less than 10 s after its signal, the time that `docker stop` waits. The drain counts from
 * the signal, so it runs while the worker stops. A change of drain, jobs or Redis also changes docs/reference/cli.md.
 */
export const STOP_LIMITS = {
  /** All closers of a process together. */
  closeMs: 8000,
  /** Part of `closeMs` that a closer leaves to each closer behind it. */
  reservedMs: 2000,
  /** A closer, once `closeMs` is used up. */
  lastMs: 250,
  /** Answering accepted requests: more than twice the default `request.deadline_ms`. */
  drainMs: 5000,
  /** Tasks of the service in progress, which end once Redis answers. */
  tasksMs: 1000,
  /**
   * A connection without a request, after its end was sent: a peer that crashed never confirms it. A slow peer that sent
   * a request at that moment must still get its answer.
   */
  endedSocketMs: 3500,
  /** Running jobs of the worker, which look for the stop between two batches. */
  workerMs: 3000,
  /** The queues of the worker, after their connections were cut. */
  queueCutMs: 500,
  /** From SIGTERM to SIGKILL of the private Redis: each answered write is on disk. */
  redisMs: 1500,
  /** An interrupted start-up, counted from the signal. */
  startMs: 3000,
  /** The reader of the log, at the exit. */
  logMs: 1000,
} as const;

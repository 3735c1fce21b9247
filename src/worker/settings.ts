/** How the worker behaves; all have defaults. */
export interface WorkerSettings {
  /** Of the queue's keys; in braces, so that they share a slot of Redis Cluster. */
  readonly prefix: string;
  /** A dead worker's jobs are taken over after its lock and one check: the sum of the two at most. */
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  readonly maxAttempts: number;
  /** Wait after the first failed try; doubles with each, with jitter. */
  readonly backoffMs: number;
  readonly timeoutMs: number;
  readonly deliveryConcurrency: number;
  /** How often the schedules are looked for and made again when the queue's Redis lost them. */
  readonly reassertMs: number;
  /** Longest wait for running jobs at a stop. */
  readonly stopTimeoutMs: number;
}

/** Eight tries over about two minutes and a half (2 s, 4 s … 128 s, less the jitter). */
export const DEFAULT_SETTINGS: WorkerSettings = {
  prefix: '{countersign}',
  lockDurationMs: 8_000,
  stalledIntervalMs: 5_000,
  maxAttempts: 8,
  backoffMs: 2_000,
  timeoutMs: 10_000,
  deliveryConcurrency: 8,
  reassertMs: 15_000,
  stopTimeoutMs: 10_000,
};

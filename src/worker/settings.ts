import { STOP_LIMITS } from '../domain/stop-limits.js';

/** The settings of the worker; all have defaults. */
export interface WorkerSettings {
  /** Prefix of the queue's keys; in braces, so that they share a Redis Cluster slot. */
  readonly prefix: string;
  /** Lock of a job. A dead worker's jobs are taken over after at most lock plus check interval. */
  readonly lockDurationMs: number;
  readonly stalledIntervalMs: number;
  readonly maxAttempts: number;
  /** Delay after the first failed attempt; doubles with each, with jitter. */
  readonly backoffMs: number;
  readonly timeoutMs: number;
  readonly deliveryConcurrency: number;
  /** Interval of the check that recreates schedules lost by the queue's Redis. */
  readonly reassertMs: number;
  /** Maximum wait for the queues' Redis at a start. */
  readonly startTimeoutMs: number;
  /** Maximum wait for running jobs at a stop. */
  readonly stopTimeoutMs: number;
}

/** Default settings: eight attempts over about 150 seconds (2 s, 4 s … 128 s, less the jitter). */
export const DEFAULT_SETTINGS: WorkerSettings = {
  prefix: '{countersign}',
  lockDurationMs: 8_000,
  stalledIntervalMs: 5_000,
  maxAttempts: 8,
  backoffMs: 2_000,
  timeoutMs: 10_000,
  deliveryConcurrency: 8,
  reassertMs: 15_000,
  startTimeoutMs: 20_000,
  stopTimeoutMs: STOP_LIMITS.workerMs,
};

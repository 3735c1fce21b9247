import { type ConnectionOptions, Queue, Worker } from 'bullmq';
import { JobFailureLog } from './job-failure-log.js';
import { measureRun } from './measure-run.js';
import type { PeriodicJob } from './periodic-job.js';
import type { JobPorts } from './ports.js';
import type { WorkerSettings } from './settings.js';

const QUEUE = 'countersign-periodic';

type Ports = Pick<JobPorts, 'logger' | 'metrics' | 'clock' | 'monotonicMs'>;

/** Runs a job unless its last run is still active in this process. Never throws: the next tick retries. */
export function createRunner(
  jobs: readonly PeriodicJob[],
  ports: Ports,
  stopping: AbortSignal,
): (name: string) => Promise<void> {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const running = new Set<string>();
  const failures = new JobFailureLog(ports);
  return async (name) => {
    const job = byName.get(name);
    if (job === undefined || running.has(name)) return;
    running.add(name);
    try {
      await measureRun(ports, name, () => job.run(stopping));
      failures.succeeded(name);
    } catch (error) {
      failures.failed(name, error);
    } finally {
      running.delete(name);
    }
  };
}

/** Creates missing schedules. An existing one keeps its phase. */
async function assertSchedules(queue: Queue, jobs: readonly PeriodicJob[]): Promise<void> {
  for (const { name, everyMs } of jobs) {
    const known = await queue.getJobScheduler(name);
    if (known?.every === everyMs && known.next !== undefined) continue;
    await queue.upsertJobScheduler(
      name,
      { every: everyMs },
      { name, data: {}, opts: { removeOnComplete: true, removeOnFail: true } },
    );
  }
}

export interface PeriodicQueue {
  /** Writes the schedules, then starts the worker. Waits for Redis without a limit. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Creates the queue of the periodic jobs. Each tick runs in exactly one worker. */
export function createPeriodicQueue(
  jobs: readonly PeriodicJob[],
  ports: Ports,
  settings: WorkerSettings,
  connect: () => ConnectionOptions,
): PeriodicQueue {
  const { prefix } = settings;
  const queue = new Queue(QUEUE, {
    connection: connect(),
    prefix,
    streams: { events: { maxLen: 100 } },
  });
  const warn = (error: unknown): void => {
    const failure = error instanceof Error ? error.message : 'unknown failure';
    ports.logger.warn({ queue: QUEUE, failure }, 'queue connection failed');
  };
  queue.on('error', warn);
  const stopping = new AbortController();
  const run = createRunner(jobs, ports, stopping.signal);
  let worker: Worker | undefined;
  let watch: NodeJS.Timeout | undefined;
  return {
    start: async () => {
      await assertSchedules(queue, jobs);
      if (stopping.signal.aborted) return;
      worker = new Worker(QUEUE, (job) => run(job.name), {
        connection: connect(),
        prefix,
        // One slot per job, so that a slow job does not delay the others.
        concurrency: jobs.length,
        lockDuration: settings.lockDurationMs,
        stalledInterval: settings.stalledIntervalMs,
        maxStalledCount: 1_000,
      });
      worker.on('error', warn);
      // The queue's Redis may lose the schedules; without this check the jobs would stop silently.
      watch = setInterval(() => {
        assertSchedules(queue, jobs).catch(warn);
      }, settings.reassertMs);
    },
    close: async () => {
      stopping.abort();
      clearInterval(watch);
      await worker?.close();
      await queue.close();
    },
  };
}

import type { Clock } from '../domain/clock.js';
import type { CredentialOrigin } from '../domain/request.js';
import type { ProofLane } from './ports.js';
import { slowDown } from './refusal.js';
import { sourceKey } from './source-address.js';

export interface ProofLaneOptions {
  readonly clock: Clock;
  /** Maximum number of concurrent attempts. */
  readonly concurrency?: number;
  /** Maximum number of waiting attempts, of all sources. */
  readonly maxWaiting?: number;
  /** Maximum number of waiting attempts, of one source. */
  readonly maxWaitingOfSource?: number;
  /** Limit of an attempt in milliseconds, waiting included; a request's deadline may be earlier. */
  readonly timeoutMs?: number;
  /** How long a place rests after an attempt, in times of the attempt. */
  readonly restRatio?: number;
}

interface Job {
  readonly source: string;
  start(): Promise<void>;
}

/** Two places that rest three times as long as they work take half of the thread at most. */
const REST_RATIO = 3;
/** Seconds after which a refused caller may retry. */
const RETRY_AFTER_SECONDS = 1;

/**
 * Creates the lane for expensive proofs from sources that exceeded their budget of failures.
 * Running and waiting attempts are bounded, and sources take turns. A place rests after each attempt, so that
 * verifications leave time for other requests. An attempt that finds no place or times out is refused and not charged.
 */
export function createProofLane(options: ProofLaneOptions): ProofLane {
  const { clock, concurrency = 2, maxWaiting = 64, timeoutMs = 1000 } = options;
  const { maxWaitingOfSource = 32, restRatio = REST_RATIO } = options;
  const waiting = createTurns();
  let running = 0;
  const next = (): void => {
    while (running < concurrency) {
      const job = waiting.take();
      if (job === undefined) return;
      running++;
      // The place is freed when the work ends, not when its caller was answered: late work still costs.
      const startedMs = clock.nowMs();
      void job.start().finally(() => {
        const restMs = restRatio * Math.max(0, clock.nowMs() - startedMs);
        rest(Math.min(restMs, timeoutMs), free);
      });
    }
  };
  const free = (): void => {
    running--;
    next();
  };
  return {
    run<T>(origin: CredentialOrigin, work: () => Promise<T>): Promise<T> {
      const source = sourceKey(origin.source);
      const waitMs = Math.min(timeoutMs, origin.deadlineMs - clock.nowMs());
      const isFull = waiting.size() >= maxWaiting || waiting.sizeOf(source) >= maxWaitingOfSource;
      if (isFull || waitMs <= 0) {
        return Promise.reject(slowDown(RETRY_AFTER_SECONDS, 'proof lane full'));
      }
      return new Promise<T>((resolve, reject) => {
        const job: Job = {
          source,
          start: async () => {
            await work()
              .then(resolve, reject)
              .finally(() => {
                clearTimeout(timer);
              });
          },
        };
        const timer = setTimeout(() => {
          waiting.drop(job);
          reject(slowDown(RETRY_AFTER_SECONDS, 'proof lane timed out'));
        }, waitMs);
        waiting.add(job);
        next();
      });
    },
  };
}

function rest(ms: number, then: () => void): void {
  if (ms === 0) then();
  else setTimeout(then, ms).unref();
}

/** Queues jobs by source; sources take turns, and the jobs of one keep their order. */
function createTurns() {
  const bySource = new Map<string, Job[]>();
  let size = 0;
  return {
    size: () => size,
    sizeOf: (source: string) => bySource.get(source)?.length ?? 0,
    add(job: Job): void {
      const jobs = bySource.get(job.source);
      if (jobs === undefined) bySource.set(job.source, [job]);
      else jobs.push(job);
      size++;
    },
    take(): Job | undefined {
      const [entry] = bySource;
      if (entry === undefined) return undefined;
      const [source, jobs] = entry;
      const job = jobs.shift();
      bySource.delete(source);
      if (jobs.length > 0) bySource.set(source, jobs);
      size--;
      return job;
    },
    drop(job: Job): void {
      const jobs = bySource.get(job.source);
      const at = jobs?.indexOf(job) ?? -1;
      if (jobs === undefined || at < 0) return;
      jobs.splice(at, 1);
      if (jobs.length === 0) bySource.delete(job.source);
      size--;
    },
  };
}

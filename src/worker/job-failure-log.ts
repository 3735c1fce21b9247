import type { JobPorts } from './ports.js';

type Ports = Pick<JobPorts, 'logger' | 'monotonicMs'>;

/** Interval between log lines of a job that keeps failing, in milliseconds. */
const REPEAT_MS = 60_000;

/** The failures of a job since its last success. */
interface Episode {
  readonly startedMs: number;
  failures: number;
  loggedMs: number;
  suppressed: number;
}

/**
 * Logs the first failure of a job, then at most one failure a minute, and the recovery.
 * Each line counts the failures since the previous one.
 */
export class JobFailureLog {
  readonly #logger: Ports['logger'];
  readonly #monotonicMs: () => number;
  readonly #episodes = new Map<string, Episode>();

  constructor({ logger, monotonicMs = () => performance.now() }: Ports) {
    this.#logger = logger;
    this.#monotonicMs = monotonicMs;
  }

  failed(job: string, error: unknown): void {
    const nowMs = this.#monotonicMs();
    const episode = this.#episodes.get(job);
    if (episode === undefined) {
      const first = { startedMs: nowMs, failures: 1, loggedMs: nowMs, suppressed: 0 };
      this.#episodes.set(job, first);
      this.#logger.error({ job, err: error, failures: 1, suppressed: 0 }, 'periodic job failed');
      return;
    }
    episode.failures += 1;
    if (nowMs - episode.loggedMs < REPEAT_MS) {
      episode.suppressed += 1;
      return;
    }
    const { failures, suppressed } = episode;
    this.#logger.error({ job, err: error, failures, suppressed }, 'periodic job failed');
    episode.loggedMs = nowMs;
    episode.suppressed = 0;
  }

  succeeded(job: string): void {
    const episode = this.#episodes.get(job);
    if (episode === undefined) return;
    this.#episodes.delete(job);
    const { failures, suppressed, startedMs } = episode;
    const seconds = (this.#monotonicMs() - startedMs) / 1000;
    this.#logger.info({ job, failures, suppressed, seconds }, 'periodic job recovered');
  }
}

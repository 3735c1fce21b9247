import type { JobPorts } from './ports.js';

type Ports = Pick<JobPorts, 'logger' | 'monotonicMs'>;

/** Interval between log lines of a job that keeps failing, in milliseconds. */
const REPEAT_MS = 60_000;

/** The words of a log of failures. */
export interface FailureWords {
  /** Member of the line with the name of what fails. */
  readonly member: string;
  readonly failed: string;
  readonly recovered: string;
}

const OF_JOBS: FailureWords = {
  member: 'job',
  failed: 'periodic job failed',
  recovered: 'periodic job recovered',
};

/** The failures of a job since its last success. */
interface Episode {
  readonly startedMs: number;
  failures: number;
  loggedMs: number;
  suppressed: number;
}

/**
 * Logs the first failure of a job, or of another part by its words, then at most one failure a minute, and the recovery.
 * Each line counts the failures since the previous one.
 */
export class JobFailureLog {
  readonly #logger: Ports['logger'];
  readonly #monotonicMs: () => number;
  readonly #episodes = new Map<string, Episode>();

  constructor(
    { logger, monotonicMs = () => performance.now() }: Ports,
    private readonly words = OF_JOBS,
  ) {
    this.#logger = logger;
    this.#monotonicMs = monotonicMs;
  }

  failed(job: string, error: unknown): void {
    const nowMs = this.#monotonicMs();
    const { member, failed } = this.words;
    const episode = this.#episodes.get(job);
    if (episode === undefined) {
      const first = { startedMs: nowMs, failures: 1, loggedMs: nowMs, suppressed: 0 };
      this.#episodes.set(job, first);
      const fields = { [member]: job, err: error, failures: 1, suppressed: 0 };
      this.#logger.error(fields, failed);
      return;
    }
    episode.failures += 1;
    if (nowMs - episode.loggedMs < REPEAT_MS) {
      episode.suppressed += 1;
      return;
    }
    const { failures, suppressed } = episode;
    this.#logger.error({ [member]: job, err: error, failures, suppressed }, failed);
    episode.loggedMs = nowMs;
    episode.suppressed = 0;
  }

  succeeded(job: string): void {
    const episode = this.#episodes.get(job);
    if (episode === undefined) return;
    this.#episodes.delete(job);
    const { failures, suppressed, startedMs } = episode;
    const seconds = (this.#monotonicMs() - startedMs) / 1000;
    const { member, recovered } = this.words;
    this.#logger.info({ [member]: job, failures, suppressed, seconds }, recovered);
  }
}

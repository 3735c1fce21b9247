import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { STOP_LIMITS } from '../../../src/domain/stop-limits.js';

/** `start` closes the worker, the service and the private Redis, in this order. */
const CLOSERS_BEHIND = { worker: 2, service: 1 };

describe('the limits of a stop', () => {
  const limits = STOP_LIMITS;

  it('add up to less than 10 s, also when every closer, the start-up and the log are late', () => {
    const late = limits.lastMs * CLOSERS_BEHIND.worker;
    expect(limits.closeMs + late + limits.lastMs + limits.logMs).to.be.lessThan(10_000);
    expect(limits.startMs).to.be.lessThan(limits.closeMs);
  });

  it('are those of the page', () => {
    const page = readFileSync('docs/reference/cli.md', 'utf8').replace(/\s+/g, ' ');
    const [drain, jobs, redis] = [limits.drainMs, limits.workerMs, limits.redisMs].map((ms) =>
      String(ms / 1000),
    );
    expect(page).to.contain(
      `requests have ${String(drain)} seconds from the signal, running jobs end after their batch and have ` +
        `${String(jobs)}, the private Redis has ${String(redis)} before SIGKILL`,
    );
  });

  it('let each part end within the time of its closer', () => {
    const { closeMs, reservedMs } = limits;
    const workerMs = closeMs - reservedMs * CLOSERS_BEHIND.worker;
    expect(limits.workerMs + limits.queueCutMs).to.be.lessThan(workerMs);
    // The drain counts from the signal, so it does not add up with the worker.
    expect(limits.drainMs).to.be.lessThan(closeMs - reservedMs * CLOSERS_BEHIND.service);
    expect(limits.endedSocketMs).to.be.lessThan(limits.drainMs);
    expect(limits.redisMs).to.be.lessThan(reservedMs);
  });
});

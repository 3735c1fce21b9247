import { expect } from 'chai';
import { createMetrics } from '../../../src/telemetry/metrics.js';
import { deliverWebhook } from '../../../src/worker/jobs/deliver-webhook.js';
import { createRunner } from '../../../src/worker/periodic-queue.js';
import type { JobPorts } from '../../../src/worker/ports.js';

interface Line {
  readonly level: string;
  readonly members: object;
  readonly message: string;
}

const NAME = 'countersign_worker_job';

/** Runs jobs by a clock that the test moves, with the real metrics. */
class Worker {
  readonly metrics = createMetrics({ processMetrics: false });
  readonly lines: Line[] = [];
  readonly run: (name: string) => Promise<void>;
  nowMs = 1_900_000_000_000;
  /** Duration of the next runs. */
  takesMs = 0;
  failure: Error | undefined;

  constructor() {
    const log =
      (level: string) =>
      (members: object, message: string): void => {
        this.lines.push({ level, members, message });
      };
    const run = (): Promise<number> => {
      this.nowMs += this.takesMs;
      return this.failure === undefined ? Promise.resolve(1) : Promise.reject(this.failure);
    };
    this.run = createRunner(
      ['rotate-keys', 'sweep-expiry'].map((name) => ({ name, everyMs: 500, run })),
      {
        metrics: this.metrics,
        logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
        clock: { nowMs: () => this.nowMs },
        monotonicMs: () => this.nowMs,
      },
      new AbortController().signal,
    );
  }

  async page(): Promise<string[]> {
    const { body } = await this.metrics.render();
    return body.split('\n').filter((line) => line.startsWith(NAME));
  }
}

describe('metrics of worker jobs', () => {
  it('have the duration of a run and the time of its success', async () => {
    const worker = new Worker();
    worker.takesMs = 2500;
    await worker.run('rotate-keys');
    const page = await worker.page();
    expect(page).to.include(`${NAME}_duration_seconds_sum{job="rotate-keys",outcome="done"} 2.5`);
    expect(page).to.include(
      `${NAME}_duration_seconds_bucket{le="1",job="rotate-keys",outcome="done"} 0`,
    );
    expect(page).to.include(
      `${NAME}_last_success_timestamp_seconds{job="rotate-keys"} 1900000002.5`,
    );
  });

  it('count a failed run once, as failed, and keep the time of the last success', async () => {
    const worker = new Worker();
    await worker.run('rotate-keys');
    worker.failure = new Error('no Redis');
    worker.takesMs = 300;
    await worker.run('rotate-keys');
    await worker.run('unknown');
    const counts = (await worker.page()).filter((line) => /_(count|sum|seconds)\{/.test(line));
    expect(counts).to.have.members([
      `${NAME}_duration_seconds_count{job="rotate-keys",outcome="done"} 1`,
      `${NAME}_duration_seconds_sum{job="rotate-keys",outcome="done"} 0`,
      `${NAME}_duration_seconds_count{job="rotate-keys",outcome="failed"} 1`,
      `${NAME}_duration_seconds_sum{job="rotate-keys",outcome="failed"} 0.3`,
      `${NAME}_last_success_timestamp_seconds{job="rotate-keys"} 1900000000`,
    ]);
  });

  it('count the deliveries that are irrevocable now', async () => {
    const metrics = createMetrics({ processMetrics: false });
    let irrevocable = 3;
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const ports = {
      metrics,
      logger: silent,
      clock: { nowMs: () => 0 },
      endpoints: [],
      deliveries: {
        find: (id: string) => ({
          delivery: { id, endpoint: 'gone', state: 'pending', attempts: 0 },
        }),
        recordAttempt: () => {
          irrevocable += 1;
          return true;
        },
        countIrrevocable: () => irrevocable,
      },
    } as unknown as JobPorts;
    const options = { maxAttempts: 1, timeoutMs: 1, stopping: new AbortController().signal };
    expect(await deliverWebhook(ports, options, 'a')).to.equal('irrevocable');
    expect(await deliverWebhook(ports, options, 'b')).to.equal('irrevocable');
    const { body } = await metrics.render();
    expect(body).to.contain('countersign_webhooks_irrevocable 5');
  });
});

describe('log of periodic jobs', () => {
  it('has the first failure, one a minute with the number left out, and the recovery', async () => {
    const worker = new Worker();
    worker.failure = new Error('no Redis');
    for (let tick = 0; tick < 250; tick++) {
      await worker.run('rotate-keys');
      worker.nowMs += 500;
    }
    worker.failure = undefined;
    await worker.run('rotate-keys');
    await worker.run('rotate-keys');
    const err = new Error('no Redis');
    const failed = worker.lines.filter(({ message }) => message === 'periodic job failed');
    expect(failed.map(({ members }) => ({ ...members, err }))).to.deep.equal([
      { job: 'rotate-keys', err, failures: 1, suppressed: 0 },
      { job: 'rotate-keys', err, failures: 121, suppressed: 119 },
      { job: 'rotate-keys', err, failures: 241, suppressed: 119 },
    ]);
    expect(worker.lines.slice(3)).to.deep.equal([
      {
        level: 'info',
        message: 'periodic job recovered',
        members: { job: 'rotate-keys', failures: 250, suppressed: 9, seconds: 125 },
      },
    ]);
  });

  it('tells the failures of one job from those of another, and a new failure from an old one', async () => {
    const worker = new Worker();
    worker.failure = new Error('no Redis');
    await worker.run('rotate-keys');
    await worker.run('sweep-expiry');
    worker.failure = undefined;
    await worker.run('rotate-keys');
    worker.failure = new Error('no Redis');
    await worker.run('rotate-keys');
    expect(
      worker.lines.map(({ message, members }) => [message, 'job' in members && members.job]),
    ).to.deep.equal([
      ['periodic job failed', 'rotate-keys'],
      ['periodic job failed', 'sweep-expiry'],
      ['periodic job recovered', 'rotate-keys'],
      ['periodic job failed', 'rotate-keys'],
    ]);
  });
});

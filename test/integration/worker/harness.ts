import { Redis } from 'ioredis';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuditStore } from '../../../src/audit/store.js';
import { systemClock } from '../../../src/domain/clock.js';
import type { Logger } from '../../../src/domain/logger.js';
import type { WorkerMetrics } from '../../../src/domain/worker-ports.js';
import type { WebhookEndpoint } from '../../../src/worker/ports.js';
import type { WorkerSettings } from '../../../src/worker/settings.js';
import type { WorkerDeps } from '../../../src/worker/start.js';
import { FakeRetries } from '../../unit/audit/fakes.js';

/** Short enough for tests; the ratios are those of the defaults. */
export const SETTINGS: Partial<WorkerSettings> = {
  lockDurationMs: 500,
  stalledIntervalMs: 250,
  maxAttempts: 3,
  backoffMs: 10,
  timeoutMs: 5_000,
  reassertMs: 200,
};
export const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

export { until } from '../../support/episode.js';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook receiver. `answer` gives the status, or undefined to keep the sender waiting. */
export class Receiver {
  readonly received: Received[] = [];
  answer: (request: Received) => number | undefined = () => 204;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const one = { headers: request.headers, body: Buffer.concat(chunks).toString() };
        this.received.push(one);
        const status = this.answer(one);
        if (status === undefined) return;
        response.writeHead(status, { location: '/elsewhere' }).end();
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}/hook`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export function connect(socket: string): Redis {
  const client = new Redis({ path: socket, maxRetriesPerRequest: null });
  // The worker logs what goes wrong; a test that stops its Redis must not end by it.
  client.on('error', () => undefined);
  return client;
}

async function answers(socket: string): Promise<boolean> {
  const client = connect(socket);
  try {
    await client.ping();
    return true;
  } finally {
    client.disconnect();
  }
}

export interface Observed {
  readonly logs: { readonly level: string; readonly members: object; readonly message: string }[];
  readonly runs: string[];
  readonly failures: string[];
  /** Counts of irrevocable deliveries, as they were set. */
  readonly irrevocable: number[];
}

/** Worker dependencies that do nothing but count, over a real store and Redis. */
export function makeDeps(
  socket: string,
  store: AuditStore,
  endpoints: readonly WebhookEndpoint[],
  retries: WorkerDeps['retries'] = new FakeRetries(),
): { readonly deps: WorkerDeps; readonly observed: Observed } {
  const observed: Observed = { logs: [], runs: [], failures: [], irrevocable: [] };
  const log =
    (level: string) =>
    (members: object, message: string): void => {
      observed.logs.push({ level, members, message });
    };
  const logger: Logger = {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
  };
  const metrics: WorkerMetrics = {
    jobEnded: ({ job, ok }) => {
      observed.runs.push(job);
      if (!ok) observed.failures.push(job);
    },
    webhooksIrrevocable: (count) => observed.irrevocable.push(count),
  };
  const nothing = (): Promise<number> => Promise.resolve(0);
  const deps: WorkerDeps = {
    connection: () => connect(socket),
    redisAnswers: () => answers(socket),
    settings: SETTINGS,
    shards: 2,
    exportAudit: nothing,
    refusals: { closeShard: nothing },
    pruneAudit: () => Promise.resolve({ pruned: [], excessBytes: 0 }),
    expiry: { sweepShard: nothing },
    intents: { resume: nothing },
    pruner: { pruneShard: nothing, pruneAudiences: nothing },
    rotateKeys: nothing,
    learnPriors: nothing,
    deliveries: store.deliveries,
    retries,
    endpoints,
    logger,
    metrics,
    clock: systemClock,
  };
  return { deps, observed };
}

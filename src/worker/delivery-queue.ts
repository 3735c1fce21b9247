import { type ConnectionOptions, Queue, UnrecoverableError, Worker } from 'bullmq';
import { deliverWebhook } from './jobs/deliver-webhook.js';
import { measureRun } from './measure-run.js';
import type { JobPorts } from './ports.js';
import type { WorkerSettings } from './settings.js';

const QUEUE = 'countersign-deliveries';
const PAGE = 200;
const MAX_PAGES = 25;

/** The payload of a job: an id only; never the event, URL or secret. */
interface DeliveryJob {
  readonly delivery_id: string;
}

export interface DeliveryQueue {
  /** Queues every pending delivery that has no job; returns how many are pending, or were found until `stopping`. */
  enqueuePending(stopping: AbortSignal): Promise<number>;
  close(): Promise<void>;
}

async function enqueuePending(
  queue: Queue<DeliveryJob>,
  ports: JobPorts,
  settings: WorkerSettings,
  stopping: AbortSignal,
): Promise<number> {
  let total = 0;
  let after: string | undefined;
  for (let page = 0; page < MAX_PAGES && !stopping.aborted; page++) {
    const ids = ports.deliveries.pending(PAGE, after);
    if (ids.length === 0) break;
    // BullMQ ignores a job with the id of a waiting or running one. Finished jobs are removed, so every
    // pending delivery without a job gets one.
    await queue.addBulk(
      ids.map((id) => ({
        name: 'deliver-webhook',
        data: { delivery_id: id },
        opts: {
          jobId: id,
          attempts: settings.maxAttempts,
          backoff: { type: 'exponential', delay: settings.backoffMs, jitter: 0.5 },
          removeOnComplete: true,
          removeOnFail: true,
        },
      })),
    );
    total += ids.length;
    after = ids.at(-1);
  }
  return total;
}

/** Starts the queue and the worker of webhook deliveries. */
export function startDeliveryQueue(
  ports: JobPorts,
  settings: WorkerSettings,
  connect: () => ConnectionOptions,
): DeliveryQueue {
  const { prefix } = settings;
  const stopping = new AbortController();
  const queue = new Queue<DeliveryJob>(QUEUE, {
    connection: connect(),
    prefix,
    streams: { events: { maxLen: 100 } },
  });
  const { maxAttempts, timeoutMs } = settings;
  const options = { maxAttempts, timeoutMs, stopping: stopping.signal };
  const worker = new Worker<DeliveryJob>(
    QUEUE,
    (job) =>
      measureRun(ports, 'deliver-webhook', async () => {
        const outcome = await deliverWebhook(ports, options, job.data.delivery_id);
        // The state of the row is final for the queue as well.
        if (outcome === 'irrevocable') throw new UnrecoverableError('irrevocable');
        if (outcome === 'retry') throw new Error('try again');
      }),
    {
      connection: connect(),
      prefix,
      concurrency: settings.deliveryConcurrency,
      lockDuration: settings.lockDurationMs,
      stalledInterval: settings.stalledIntervalMs,
      // A crashed worker does not count as an attempt: the row counts attempts.
      maxStalledCount: 1_000,
    },
  );
  const warn = (error: Error): void => {
    ports.logger.warn({ queue: QUEUE, failure: error.message }, 'queue connection failed');
  };
  queue.on('error', warn);
  worker.on('error', warn);
  return {
    enqueuePending: (ended) => enqueuePending(queue, ports, settings, ended),
    close: async () => {
      stopping.abort();
      await worker.close();
      await queue.close();
    },
  };
}

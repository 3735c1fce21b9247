import type { ConnectionOptions } from 'bullmq';
import { Webhook } from 'standardwebhooks';
import { settled, within } from '../domain/deadline.js';
import { STOP_LIMITS } from '../domain/stop-limits.js';
import { applyRetries } from './apply-retries.js';
import { startDeliveryQueue } from './delivery-queue.js';
import { createJobs } from './jobs.js';
import { createPeriodicQueue } from './periodic-queue.js';
import type { JobPorts, WebhookEndpoint } from './ports.js';
import { DEFAULT_SETTINGS, type WorkerSettings } from './settings.js';

/** A dedicated, connected Redis client with `maxRetriesPerRequest: null`. The worker closes it. */
export type QueueConnection = Exclude<ConnectionOptions, string> & { disconnect(): unknown };

export interface WorkerDeps extends JobPorts {
  /** Creates one client; called once for each queue and each of its workers. */
  readonly connection: () => QueueConnection;
  readonly settings?: Partial<WorkerSettings>;
  /** Returns whether the queues' Redis answers now. */
  readonly redisAnswers: () => Promise<boolean>;
  /** Ends the start. */
  readonly stopping?: AbortSignal;
}

/** Throws when a secret cannot sign, or an endpoint id is a duplicate. Names the id, not the secret. */
function checkEndpoints(endpoints: readonly WebhookEndpoint[]): void {
  const seen = new Set<string>();
  for (const { id, secret } of endpoints) {
    if (seen.has(id)) throw new Error(`webhook endpoint ${id} is a duplicate`);
    seen.add(id);
    try {
      new Webhook(secret).sign('probe', new Date(0), '');
    } catch {
      throw new Error(`the secret of webhook endpoint ${id} is not whsec_ and base64`);
    }
  }
}

const NEVER = new AbortController().signal;
/** Longest wait at a stop for the first sign that Redis answers, in milliseconds. */
const ANSWER_MS = 2000;

/**
 * Starts the background work: periodic jobs and webhook deliveries. No answer of the service depends on it.
 * Throws Late when the queues' Redis does not answer in time, and the signal's reason once `stopping` aborts.
 *
 * `stop` makes running jobs end after their batch, waits for them, up to the stop timeout, and closes the connections.
 * Without Redis no job can end, so it does not wait: another worker takes the jobs over, and every job may run twice.
 */
export async function startWorker(deps: WorkerDeps): Promise<{ stop(): Promise<void> }> {
  checkEndpoints(deps.endpoints);
  const settings: WorkerSettings = { ...DEFAULT_SETTINGS, ...deps.settings };
  const connections: QueueConnection[] = [];
  const connect = (): QueueConnection => {
    const connection = deps.connection();
    connections.push(connection);
    return connection;
  };
  const deliveries = startDeliveryQueue(deps, settings, connect);
  const enqueuePending = async (stopping: AbortSignal): Promise<number> => {
    await applyRetries(deps, stopping);
    deps.metrics.webhooksIrrevocable(deps.deliveries.countIrrevocable());
    return deliveries.enqueuePending(stopping);
  };
  const jobs = createJobs(deps, enqueuePending);
  const periodic = createPeriodicQueue(jobs, deps, settings, connect);
  /** Waits for running jobs, up to `waitMs` and until `cut` resolves. */
  const close = async (waitMs: number, cut: (closing: Promise<unknown>) => Promise<unknown>) => {
    const closing = Promise.allSettled([periodic.close(), deliveries.close()]);
    if (waitMs > 0) await settled(waitMs, Promise.race([closing, cut(closing)]));
    for (const connection of connections) connection.disconnect();
    await settled(STOP_LIMITS.queueCutMs, closing);
  };
  try {
    // The schedule keeps its phase over restarts; pending deliveries should not wait for it.
    const started = periodic.start().then(() => enqueuePending(deps.stopping ?? NEVER));
    await within(settings.startTimeoutMs, started, deps.stopping);
  } catch (error) {
    await close(0, () => Promise.resolve());
    throw error;
  }
  deps.logger.info({ jobs: jobs.map((job) => job.name) }, 'worker started');
  return {
    stop: async () => {
      await close(settings.stopTimeoutMs, async (closing) => {
        if ((await settled(ANSWER_MS, deps.redisAnswers())) === true) await closing;
      });
    },
  };
}

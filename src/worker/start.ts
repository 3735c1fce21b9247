import type { ConnectionOptions } from 'bullmq';
import { Webhook } from 'standardwebhooks';
import { within } from '../domain/deadline.js';
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

/** Longest wait for the queues after their connections were cut, in milliseconds. */
const CUT_MS = 500;
/** Longest wait at a stop for the first sign that Redis answers, in milliseconds. */
const ANSWER_MS = 2000;

/** Resolves to the work of the promise, or to undefined when it is late or failed. Never throws. */
function settled<T>(limitMs: number, work: Promise<T>): Promise<T | undefined> {
  return within(limitMs, work).catch(() => undefined);
}

/**
 * Starts the background work: periodic jobs and webhook deliveries. No answer of the service depends on it.
 * Throws Late when the queues' Redis does not answer in time, and the signal's reason once `stopping` aborts.
 *
 * `stop` waits for running jobs, up to the stop timeout, and closes the connections. Without Redis no job can end, so
 * it does not wait: another worker takes the jobs over, and every job may run twice.
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
  const enqueuePending = async (): Promise<number> => {
    await applyRetries(deps);
    deps.metrics.webhooksIrrevocable(deps.deliveries.countIrrevocable());
    return deliveries.enqueuePending();
  };
  const jobs = createJobs(deps, enqueuePending);
  const periodic = createPeriodicQueue(jobs, deps, settings, connect);
  const close = async (waitMs: number): Promise<void> => {
    const closing = Promise.allSettled([periodic.close(), deliveries.close()]);
    if (waitMs > 0) await settled(waitMs, closing);
    for (const connection of connections) connection.disconnect();
    await settled(CUT_MS, closing);
  };
  try {
    // The schedule keeps its phase over restarts; pending deliveries should not wait for it.
    const started = periodic.start().then(enqueuePending);
    await within(settings.startTimeoutMs, started, deps.stopping);
  } catch (error) {
    await close(0);
    throw error;
  }
  deps.logger.info({ jobs: jobs.map((job) => job.name) }, 'worker started');
  return {
    stop: async () => {
      const answers = (await settled(ANSWER_MS, deps.redisAnswers())) === true;
      await close(answers ? settings.stopTimeoutMs : 0);
    },
  };
}

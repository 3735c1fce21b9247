import type { ConnectionOptions } from 'bullmq';
import { Webhook } from 'standardwebhooks';
import { applyRetries } from './apply-retries.js';
import { startDeliveryQueue } from './delivery-queue.js';
import { createJobs } from './jobs.js';
import { startPeriodicQueue } from './periodic-queue.js';
import type { JobPorts, WebhookEndpoint } from './ports.js';
import { DEFAULT_SETTINGS, type WorkerSettings } from './settings.js';

/** A connected Redis client of the queues' own, with `maxRetriesPerRequest: null`. The worker ends it. */
export type QueueConnection = Exclude<ConnectionOptions, string> & { disconnect(): unknown };

export interface WorkerDeps extends JobPorts {
  /** Makes one client; called once for each queue and each of its workers. */
  readonly connection: () => QueueConnection;
  readonly settings?: Partial<WorkerSettings>;
}

/** Throws when an endpoint's secret cannot sign, or two endpoints have one id. Names the id, not the secret. */
function checkEndpoints(endpoints: readonly WebhookEndpoint[]): void {
  const seen = new Set<string>();
  for (const { id, secret } of endpoints) {
    if (seen.has(id)) throw new Error(`webhook endpoint ${id} is there twice`);
    seen.add(id);
    try {
      new Webhook(secret).sign('probe', new Date(0), '');
    } catch {
      throw new Error(`the secret of webhook endpoint ${id} is not whsec_ and base64`);
    }
  }
}

async function closeInTime(
  close: (force: boolean) => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, 'late');
  });
  const ended = await Promise.race([close(false), late]);
  clearTimeout(timer);
  // What still runs is taken over by another worker: every job may run twice.
  if (ended === 'late') await close(true);
}

/**
 * Starts the background work: periodic jobs and webhook deliveries. Nothing that the service answers
 * depends on it. `stop` lets running jobs end, within the stop timeout, and ends the connections.
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
  const periodic = await startPeriodicQueue(jobs, deps, settings, connect);
  // The sweep's schedule keeps its rhythm over restarts; what is pending should not wait for it.
  await enqueuePending();
  deps.logger.info({ jobs: jobs.map((job) => job.name) }, 'worker started');
  return {
    stop: async () => {
      const close = (force: boolean): Promise<unknown> =>
        Promise.all([periodic.close(force), deliveries.close(force)]);
      await closeInTime(close, settings.stopTimeoutMs);
      for (const connection of connections) connection.disconnect();
    },
  };
}

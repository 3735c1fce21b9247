import type { ConnectionOptions } from 'bullmq';
import { Webhook } from 'standardwebhooks';
import { applyRetries } from './apply-retries.js';
import { startDeliveryQueue } from './delivery-queue.js';
import { createJobs } from './jobs.js';
import { startPeriodicQueue } from './periodic-queue.js';
import type { JobPorts, WebhookEndpoint } from './ports.js';
import { DEFAULT_SETTINGS, type WorkerSettings } from './settings.js';

/** A dedicated, connected Redis client with `maxRetriesPerRequest: null`. The worker closes it. */
export type QueueConnection = Exclude<ConnectionOptions, string> & { disconnect(): unknown };

export interface WorkerDeps extends JobPorts {
  /** Creates one client; called once for each queue and each of its workers. */
  readonly connection: () => QueueConnection;
  readonly settings?: Partial<WorkerSettings>;
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
  // Jobs still running are taken over by another worker: every job may run twice.
  if (ended === 'late') await close(true);
}

/**
 * Starts the background work: periodic jobs and webhook deliveries. No answer of the service depends on it.
 *
 * `stop` waits for running jobs, up to the stop timeout, and closes the connections.
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
  // The schedule keeps its phase over restarts; pending deliveries should not wait for it.
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

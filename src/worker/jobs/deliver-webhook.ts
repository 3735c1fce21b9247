import type { JobPorts, WebhookEndpoint } from '../ports.js';
import { postWebhook } from '../post-webhook.js';

export interface DeliverOptions {
  /** Attempts before a delivery becomes irrevocable. */
  readonly maxAttempts: number;
  readonly timeoutMs: number;
  /** Aborts attempts in flight when the worker stops; these are not counted. */
  readonly stopping: AbortSignal;
}

type Ports = Pick<JobPorts, 'deliveries' | 'endpoints' | 'logger' | 'metrics' | 'clock'>;

/** The outcome of an attempt. `retry`: it failed and another follows. */
export type DeliverOutcome = 'delivered' | 'irrevocable' | 'retry' | 'nothing_to_do';

function endAttempt(
  ports: Ports,
  id: string,
  endpoint: string,
  state: 'delivered' | 'irrevocable' | 'pending',
  error: string | undefined,
): DeliverOutcome {
  const recorded = ports.deliveries.recordAttempt(id, { state, error, atMs: ports.clock.nowMs() });
  if (!recorded) return 'nothing_to_do';
  const members = { delivery: id, endpoint, ...(error === undefined ? {} : { failure: error }) };
  if (state === 'pending') {
    ports.logger.warn(members, 'webhook attempt failed');
    return 'retry';
  }
  if (state === 'irrevocable') {
    ports.metrics.webhooksIrrevocable(ports.deliveries.countIrrevocable());
    ports.logger.error(members, 'webhook delivery is irrevocable');
  }
  return state;
}

/**
 * Makes one attempt at a delivery, based on its row and not on the queue.
 *
 * Repeated calls send nothing once it is delivered. Throws when the worker is stopping or the store fails: retry.
 */
export async function deliverWebhook(
  ports: Ports,
  options: DeliverOptions,
  id: string,
): Promise<DeliverOutcome> {
  const found = ports.deliveries.find(id);
  if (found?.delivery.state !== 'pending') return 'nothing_to_do';
  const { delivery, event } = found;
  const endpoint: WebhookEndpoint | undefined = ports.endpoints.find(
    (candidate) => candidate.id === delivery.endpoint,
  );
  if (endpoint === undefined) {
    return endAttempt(ports, id, delivery.endpoint, 'irrevocable', 'endpoint is not configured');
  }
  const failure = await postWebhook(endpoint, id, event, {
    timeoutMs: options.timeoutMs,
    nowMs: ports.clock.nowMs(),
    stopping: options.stopping,
  });
  if (failure === undefined) return endAttempt(ports, id, endpoint.id, 'delivered', undefined);
  const isLast = delivery.attempts + 1 >= options.maxAttempts;
  return endAttempt(ports, id, endpoint.id, isLast ? 'irrevocable' : 'pending', failure);
}

import type { JobPorts } from './ports.js';

type Ports = Pick<JobPorts, 'deliveries' | 'retries' | 'clock' | 'logger'>;

/**
 * Carries out retry requests: an irrevocable delivery becomes pending with zero attempts.
 *
 * Idempotent, and without effect on a delivery that is not irrevocable. A completed request is removed. Ends on `stopping`.
 */
export async function applyRetries(ports: Ports, stopping: AbortSignal): Promise<void> {
  for (const request of await ports.retries.list()) {
    if (stopping.aborted) return;
    const { deliveryId: delivery } = request;
    const reset = ports.deliveries.reset(delivery, ports.clock.nowMs());
    ports.logger.info({ delivery, reset }, 'webhook retry request carried out');
    await ports.retries.remove(request);
  }
}

import type { JobPorts } from './ports.js';

type Ports = Pick<JobPorts, 'deliveries' | 'retries' | 'clock' | 'logger'>;

/**
 * Carries out the requests to retry: an irrevocable delivery is pending again, with no tries counted. Repeated, or
 * for a delivery that is not irrevocable, it changes nothing; a request is removed when it was carried out.
 */
export async function applyRetries(ports: Ports): Promise<void> {
  for (const request of await ports.retries.list()) {
    const { deliveryId: delivery } = request;
    const reset = ports.deliveries.reset(delivery, ports.clock.nowMs());
    ports.logger.info({ delivery, reset }, 'webhook retry request carried out');
    await ports.retries.remove(request);
  }
}

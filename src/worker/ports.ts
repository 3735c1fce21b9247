import type { Clock } from '../domain/clock.js';
import type { Logger } from '../domain/logger.js';
import type {
  ExpirySweeper,
  IntentResumer,
  RefusalCloser,
  RetryRequests,
  RevocationPruner,
  WorkerMetrics,
} from '../domain/worker-ports.js';
import type { DeliveryLedger } from '../domain/deliveries.js';

export interface WebhookEndpoint {
  /** Name of the endpoint in its deliveries. */
  readonly id: string;
  readonly url: string;
  /** Standard Webhooks signing secret: `whsec_` and base64 of 24 to 64 bytes. */
  readonly secret: string;
}

/** The ports of the jobs. Every function is idempotent; a long one ends between two batches once `stopping` aborts. */
export interface JobPorts {
  readonly shards: number;
  /** Moves the audit streams to the store; returns how many events were moved. */
  readonly exportAudit: (stopping: AbortSignal) => Promise<number>;
  readonly expiry: ExpirySweeper;
  readonly refusals: RefusalCloser;
  readonly intents: IntentResumer;
  readonly pruner: RevocationPruner;
  /** Prunes the audit store, for one run. */
  readonly pruneAudit: (stopping: AbortSignal) => Promise<{
    readonly pruned: readonly { readonly events: number }[];
    readonly excessBytes: number;
  }>;
  /** One step of key rotation; returns how many keys changed state. */
  readonly rotateKeys: () => Promise<number>;
  /** Learns the prior of each agent class; returns the number of classes learned. */
  readonly learnPriors: (stopping: AbortSignal) => Promise<number>;
  readonly deliveries: DeliveryLedger;
  readonly retries: Pick<RetryRequests, 'list' | 'remove'>;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly logger: Logger;
  readonly metrics: WorkerMetrics;
  readonly clock: Clock;
  /** Monotonic clock for durations; `performance.now` by default. */
  readonly monotonicMs?: () => number;
}

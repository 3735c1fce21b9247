import type { StoredAuditEvent } from '../domain/audit.js';
import type { Delivery } from '../domain/audit-query.js';
import type { Clock } from '../domain/clock.js';
import type {
  ExpirySweeper,
  IntentResumer,
  RefusalCloser,
  RetryRequests,
  RevocationPruner,
} from '../domain/worker-ports.js';

/** A structured logger such as pino's: members first, then the message. */
export interface Logger {
  info(members: object, message: string): void;
  warn(members: object, message: string): void;
  error(members: object, message: string): void;
}

/** Told what happened; must not throw. */
export interface WorkerMetrics {
  jobRan(job: string): void;
  jobFailed(job: string): void;
  /** Milliseconds since the Unix epoch of the end of the last run without an error. */
  jobSucceededAt(job: string, atMs: number): void;
  /** A delivery reached its end. */
  deliveryEnded(state: 'delivered' | 'irrevocable'): void;
}

/** What the worker needs of the deliveries table, which is the truth about webhooks. */
export interface DeliveryLedger {
  find(id: string): { readonly delivery: Delivery; readonly event: StoredAuditEvent } | undefined;
  /** Ids of pending deliveries, oldest first, after `afterId`. */
  pending(limit: number, afterId?: string): readonly string[];
  /** Counts one try of a pending delivery. False when it is not pending any more. */
  recordAttempt(
    id: string,
    attempt: {
      readonly state: Delivery['state'];
      readonly error: string | undefined;
      readonly atMs: number;
    },
  ): boolean;
  /** Makes an irrevocable delivery pending again with no tries counted. False when it is not irrevocable. */
  reset(id: string, atMs: number): boolean;
}

export interface WebhookEndpoint {
  /** The name its deliveries carry. */
  readonly id: string;
  readonly url: string;
  /** Standard Webhooks signing secret: `whsec_` and base64 of 24 to 64 bytes. */
  readonly secret: string;
}

/** The parts the jobs are made of. Every function is idempotent. */
export interface JobPorts {
  readonly shards: number;
  /** Moves the audit streams to the store; returns how many events were moved. */
  readonly exportAudit: () => Promise<number>;
  readonly expiry: ExpirySweeper;
  readonly refusals: RefusalCloser;
  readonly intents: IntentResumer;
  readonly pruner: RevocationPruner;
  /** Prunes the audit store; one run. */
  readonly pruneAudit: () => Promise<{
    readonly pruned: readonly { readonly events: number }[];
    readonly excessBytes: number;
  }>;
  /** One step of key rotation; returns how many keys changed state. */
  readonly rotateKeys: () => Promise<number>;
  /** Learns what is usual for each class of agents; returns how many classes were learned. */
  readonly learnPriors: () => Promise<number>;
  readonly deliveries: DeliveryLedger;
  readonly retries: Pick<RetryRequests, 'list' | 'remove'>;
  readonly endpoints: readonly WebhookEndpoint[];
  readonly logger: Logger;
  readonly metrics: WorkerMetrics;
  readonly clock: Clock;
}

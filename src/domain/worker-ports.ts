import type { AuditEvent } from './audit.js';

/** A stream of audit events: one per shard, and one of the control slot. */
export type StreamName = number | 'control';

/** One entry as it is in a stream. */
export interface StreamEntry {
  /** `<tick>-<seq>`, the id in the stream. */
  readonly streamId: string;
  readonly epoch: string;
  readonly seq: number;
  readonly tickMs: number;
  /** One event, or several that were written together (uses seen through introspection). */
  readonly events: readonly AuditEvent[];
}

/** What names an entry of a stream. A stream id does not: a restored Redis may give it again, in another epoch. */
export type EntryIdentity = Pick<StreamEntry, 'epoch' | 'seq'>;

/** Reads and trims the audit streams. */
export interface AuditStreams {
  readonly names: readonly StreamName[];
  /** Entries after `afterStreamId` ('0-0': from the start), oldest first, at most `count`. */
  read(stream: StreamName, afterStreamId: string, count: number): Promise<readonly StreamEntry[]>;
  /** Deletes entries at or below this id. Call only with what is safely in the store. */
  trimThrough(stream: StreamName, streamId: string): Promise<void>;
  /** The newest entry of each stream that has one now. */
  tips(): Promise<ReadonlyMap<StreamName, EntryIdentity>>;
  /**
   * Claims the streams for one audit store. False when another store has them: two stores would each
   * hold half of the record.
   */
  claim(storeId: string): Promise<boolean>;
}

/** A request to retry a delivery, as it is kept. */
export interface RetryRequest {
  readonly deliveryId: string;
  /** Tells it from a later request for the same delivery. */
  readonly mark: string;
}

/** Requests to retry deliveries: a service keeps them, the worker carries them out. */
export interface RetryRequests {
  /** Keeps a request, with its event, in one step. False, and nothing kept, when too many wait. */
  add(deliveryId: string, event: AuditEvent): Promise<boolean>;
  list(): Promise<readonly RetryRequest[]>;
  /** Removes a request unless it was asked for again since it was listed. */
  remove(request: RetryRequest): Promise<void>;
}

/** What the worker tells the services of the audit store. */
export interface AuditStatus {
  /** Says that the store cannot take events; the alarm goes by itself when it is not raised again. */
  raise(problem: string): Promise<void>;
  clear(): Promise<void>;
  /** The store that empties the streams, once there is one, and the alarm that stands. */
  read(): Promise<{ readonly storeId: string | undefined; readonly alarm: string | undefined }>;
}

/** Writes `token.expired` events for what is past and removes its state. Idempotent. */
export interface ExpirySweeper {
  /** Returns how many tokens were expired, at most `limit` per shard. */
  sweepShard(shard: number, limit: number): Promise<number>;
}

/** Appends the events of refusals that were counted in a minute that is over. Idempotent. */
export interface RefusalCloser {
  /** Returns how many counts were closed, at most `limit`. */
  closeShard(shard: number, limit: number): Promise<number>;
}

/** Control writes and revocations that were recorded as intents and are not in every shard yet. */
export interface IntentResumer {
  /** Applies every pending intent to the shards that miss it; returns how many were completed. */
  resume(): Promise<number>;
}

/** Deletes floors and members of permanent sets that no living token can be covered by. */
export interface RevocationPruner {
  pruneShard(shard: number): Promise<number>;
  /** Forgets who had an audience too long ago; returns how many audiences were looked at for it. */
  pruneAudiences(): Promise<number>;
}

/** One run of a job that ended. */
export interface JobRun {
  readonly job: string;
  readonly ok: boolean;
  /** Elapsed time by the monotonic clock. */
  readonly seconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly endedAtMs: number;
}

/** What the worker measures. A function must not throw. */
export interface WorkerMetrics {
  /** Records a run of a job: its duration, its outcome and when it last succeeded. Called once for each run. */
  readonly jobEnded: (run: JobRun) => void;
  /** Sets how many webhook deliveries are irrevocable now. */
  readonly webhooksIrrevocable: (count: number) => void;
}

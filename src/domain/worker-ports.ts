import type { AuditEvent } from './audit.js';

/** The name of an audit stream: a shard number, or the control slot. */
export type StreamName = number | 'control';

/** An entry of an audit stream. */
export interface StreamEntry {
  /** `<tick>-<seq>`, the id in the stream. */
  readonly streamId: string;
  readonly epoch: string;
  readonly seq: number;
  readonly tickMs: number;
  /** One event, or several written together (introspected uses). */
  readonly events: readonly AuditEvent[];
}

/** The identity of an entry. A restored Redis may repeat a stream id in another epoch. */
export type EntryIdentity = Pick<StreamEntry, 'epoch' | 'seq'>;

/** Reads and trims the audit streams. */
export interface AuditStreams {
  readonly names: readonly StreamName[];
  /** Returns at most `count` entries after `afterStreamId` ('0-0': from the start), oldest first. */
  read(stream: StreamName, afterStreamId: string, count: number): Promise<readonly StreamEntry[]>;
  /** Deletes entries up to this id. Call only with entries that are durably stored. */
  trimThrough(stream: StreamName, streamId: string): Promise<void>;
  /** Returns the newest entry of each non-empty stream. */
  tips(): Promise<ReadonlyMap<StreamName, EntryIdentity>>;
  /**
   * Claims the streams for one audit store. Returns false when another store has claimed them, since two stores would
   * each hold half of the record.
   */
  claim(storeId: string): Promise<boolean>;
}

/** A stored request to retry a delivery. */
export interface RetryRequest {
  readonly deliveryId: string;
  /** Distinguishes it from a later request for this delivery. */
  readonly mark: string;
}

/** The queue of retry requests: the service adds them, the worker carries them out. */
export interface RetryRequests {
  /** Adds a request with its event, atomically. Returns false, without a change, when the queue is full. */
  add(deliveryId: string, event: AuditEvent): Promise<boolean>;
  list(): Promise<readonly RetryRequest[]>;
  /** Removes a request unless it was repeated since it was listed. */
  remove(request: RetryRequest): Promise<void>;
}

/** The state of a sink of the audit record. */
export interface SinkState {
  readonly sink: string;
  /** Why it takes no events; absent while it does. */
  readonly failure?: string;
}

/** The status of the audit store, from the worker to the services. */
export interface AuditStatus {
  /** Raises an alarm that the store cannot accept events; it expires unless raised again. */
  raise(problem: string): Promise<void>;
  clear(): Promise<void>;
  /** Reports the state of each sink of the worker; it expires unless reported again. */
  reportSinks(sinks: readonly SinkState[]): Promise<void>;
  /** Returns the last report of the sinks; empty without one. */
  readSinks(): Promise<readonly SinkState[]>;
  /** Returns the store that claimed the streams, and the active alarm. */
  read(): Promise<{ readonly storeId: string | undefined; readonly alarm: string | undefined }>;
}

/** Records `token.expired` for expired tokens and removes their state. Idempotent. */
export interface ExpirySweeper {
  /** Sweeps one shard; returns the number of expired tokens, at most `limit`. */
  sweepShard(shard: number, limit: number): Promise<number>;
}

/** Appends the events of refusals counted in past minutes. Idempotent. */
export interface RefusalCloser {
  /** Closes the counts of one shard; returns their number, at most `limit`. */
  closeShard(shard: number, limit: number): Promise<number>;
}

/** Completes control writes and revocations recorded as intents but missing in some shards. */
export interface IntentResumer {
  /** Applies every pending intent to its missing shards; returns the number completed. */
  resume(): Promise<number>;
}

/** Deletes floors and permanent revocations that cover no live token. */
export interface RevocationPruner {
  pruneShard(shard: number): Promise<number>;
  /** Removes former audience holders beyond the retention; returns the number of audiences checked. */
  pruneAudiences(): Promise<number>;
}

/** A completed run of a job. */
export interface JobRun {
  readonly job: string;
  readonly ok: boolean;
  /** Duration by the monotonic clock. */
  readonly seconds: number;
  /** Milliseconds since the Unix epoch. */
  readonly endedAtMs: number;
}

/** The metrics of the worker. Functions must not throw. */
export interface WorkerMetrics {
  /** Records a job run: duration, outcome and time of the last success. Called once per run. */
  readonly jobEnded: (run: JobRun) => void;
  /** Sets the number of irrevocable webhook deliveries. */
  readonly webhooksIrrevocable: (count: number) => void;
}

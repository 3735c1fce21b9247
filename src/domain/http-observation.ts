import type { CountersignError } from './errors.js';

export type ListenerName = 'public' | 'admin' | 'sidecar' | 'probes';

/** One answered request, for metrics and the log. */
export interface HttpObservation {
  /** The operation id, or `unmatched`: never a path, so that it can be a metric label. */
  readonly route: string;
  readonly listener: ListenerName;
  /** The method as sent: the caller chooses it. */
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  readonly requestId: string;
  readonly source: string;
  /** The error that was answered; its `internal` and `cause` are for the log only. */
  readonly error: CountersignError | undefined;
}

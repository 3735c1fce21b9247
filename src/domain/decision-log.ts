/**
 * An event of OPA's decision log: the members of `EventV1` (OPA 1.22) that this service knows.
 *
 * Wire names; absent means unknown. Members without a counterpart in OPA's format are in `custom`.
 */
export interface DecisionEvent {
  readonly labels: Readonly<Record<string, string>>;
  readonly decision_id: string;
  readonly bundles?: Readonly<Record<string, { readonly revision: string }>>;
  /** The evaluated entrypoint; absent when the request was refused before evaluation. */
  readonly path?: string;
  readonly input?: unknown;
  readonly result?: unknown;
  readonly nd_builtin_cache?: unknown;
  /** JSON pointers of removed values. */
  readonly erased?: readonly string[];
  /** JSON pointers of replaced values. */
  readonly masked?: readonly string[];
  readonly requested_by?: string;
  /** RFC 3339. */
  readonly timestamp: string;
  /** Timers in nanoseconds, with OPA's names. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** Evaluates one entrypoint over an event; undefined is Rego's undefined. Throws when it fails. */
export interface LogEvaluator {
  evaluate(event: DecisionEvent): unknown;
}

/** The rules of the active bundle that mask or drop events before they are written. */
export interface LogRules {
  /** Absent: none is configured. `missing`: the bundle does not have the configured rule. */
  readonly mask?: LogEvaluator | 'missing';
  readonly drop?: LogEvaluator | 'missing';
}

/** The progress of one decision log sink, counted since the store was created. Wire names. */
export interface DecisionLogState {
  /** Number of delivered events. */
  readonly sent: number;
  /** Events dropped by the `drop` rule. */
  readonly dropped_by_rule: number;
  /** Events lost because the buffer exceeded `buffer_max_bytes`. */
  readonly lost_overflow: number;
  /** Events lost because one alone exceeded the upload limit. */
  readonly lost_too_large: number;
  /** Events logged without input and result because the `mask` rule failed. */
  readonly mask_errors: number;
  /** Events logged although the `drop` rule failed. */
  readonly drop_errors: number;
  /** Events logged without their input to fit the upload limit. */
  readonly cut_to_fit: number;
  readonly chunks_sent: number;
  readonly chunks_failed: number;
  readonly waiting_events: number;
  readonly waiting_bytes: number;
  /** Time of the oldest queued event, milliseconds since the Unix epoch. */
  readonly oldest_ms?: number;
  /** Reason why the last attempt failed; absent after a success. */
  readonly failure?: { readonly message: string; readonly http_code?: number };
}

/** The state of a sink before its first event. */
export const NO_DECISION_LOG_STATE: DecisionLogState = {
  sent: 0,
  dropped_by_rule: 0,
  lost_overflow: 0,
  lost_too_large: 0,
  mask_errors: 0,
  drop_errors: 0,
  cut_to_fit: 0,
  chunks_sent: 0,
  chunks_failed: 0,
  waiting_events: 0,
  waiting_bytes: 0,
};

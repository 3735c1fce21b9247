/**
 * One event of OPA's decision log: the members of `EventV1` of OPA 1.22 that can be known here. Wire names; absent
 * means not known. What has no place in OPA's format is in `custom`.
 */
export interface DecisionEvent {
  readonly labels: Readonly<Record<string, string>>;
  readonly decision_id: string;
  readonly bundles?: Readonly<Record<string, { readonly revision: string }>>;
  /** The entrypoint that was evaluated; absent when the request was refused before any was. */
  readonly path?: string;
  readonly input?: unknown;
  readonly result?: unknown;
  readonly nd_builtin_cache?: unknown;
  /** Pointers to what was taken out. */
  readonly erased?: readonly string[];
  /** Pointers to what was replaced. */
  readonly masked?: readonly string[];
  readonly requested_by?: string;
  /** RFC 3339. */
  readonly timestamp: string;
  /** Timers in nanoseconds, named as OPA names them. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** Evaluates one entrypoint over an event; undefined is Rego's undefined. Throws when the evaluation fails. */
export interface LogEvaluator {
  evaluate(event: DecisionEvent): unknown;
}

/** The rules of the active bundle that look at each event before it is written. */
export interface LogRules {
  /** Absent: none is configured. `missing`: one is, and the bundle does not have it. */
  readonly mask?: LogEvaluator | 'missing';
  readonly drop?: LogEvaluator | 'missing';
}

/** How far one sink of the decision log is, and what happened to it since the store was made. Wire names. */
export interface DecisionLogState {
  /** Events that were delivered. */
  readonly sent: number;
  /** Not delivered because the `drop` rule said so. */
  readonly dropped_by_rule: number;
  /** Lost because more than `buffer_max_bytes` waited. */
  readonly lost_overflow: number;
  /** Lost because one event alone was larger than what may be sent. */
  readonly lost_too_large: number;
  /** Logged without input and result because the `mask` rule failed. */
  readonly mask_errors: number;
  /** Logged although the `drop` rule failed. */
  readonly drop_errors: number;
  /** Had their input taken out to fit. */
  readonly cut_to_fit: number;
  readonly chunks_sent: number;
  readonly chunks_failed: number;
  readonly waiting_events: number;
  readonly waiting_bytes: number;
  /** Of the oldest event that waits. */
  readonly oldest_ms?: number;
  /** Why the last try failed; absent when it did not. */
  readonly failure?: { readonly message: string; readonly http_code?: number };
}

/** Nothing happened yet. */
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

/**
 * What OPA's status API says (`UpdateRequestV1` and the types in it, OPA 1.22), so that what people already have for
 * OPA reads it. Wire names; times are RFC 3339, and Go's zero time is never.
 */
export interface OpaStatus {
  readonly labels: Readonly<Record<string, string>>;
  readonly bundles: Readonly<Record<string, OpaBundleStatus>>;
  /** Absent without a decision log. */
  readonly decision_logs?: OpaDecisionLogsStatus;
  readonly plugins: Readonly<Record<string, OpaPluginStatus>>;
}

export interface OpaBundleStatus {
  readonly name: string;
  readonly active_revision?: string;
  readonly last_successful_activation: string;
  readonly type?: 'snapshot';
  /** In bytes. */
  readonly size?: number;
  readonly last_successful_download: string;
  readonly last_successful_request: string;
  readonly last_request: string;
  /** `bundle_error` after a failure; absent while nothing is wrong. */
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly http_code?: number;
  /** Timers in nanoseconds, named as OPA names them. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface OpaDecisionLogsStatus {
  /** `decision_log_error` while a sink fails. */
  readonly code?: string;
  readonly message?: string;
  readonly http_code?: number;
  /** Counters with OPA's names, `counter_…`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface OpaPluginStatus {
  readonly state: 'OK' | 'NOT_READY' | 'WARN' | 'ERROR';
  readonly message?: string;
}

/** What is known of one bundle. Times in milliseconds since the Unix epoch; absent means never, or not known. */
export interface BundleFacts {
  readonly name: string;
  readonly activeRevision?: string;
  readonly activatedAtMs?: number;
  /** The last time its bytes were got. */
  readonly downloadedAtMs?: number;
  /** The last time its source answered, also that nothing is new. */
  readonly answeredAtMs?: number;
  /** The last time its source was asked. */
  readonly requestedAtMs?: number;
  readonly sizeBytes?: number;
  /** Why the newest one is not active, or its source does not answer. */
  readonly failure?: {
    readonly message: string;
    readonly problems?: readonly string[];
    readonly httpCode?: number;
  };
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Where the status learns of bundles. */
export interface PolicyStatusSource {
  bundles(): Promise<readonly BundleFacts[]>;
}

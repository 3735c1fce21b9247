/**
 * The document of OPA's status API (`UpdateRequestV1`, OPA 1.22), so that existing OPA tooling reads it.
 *
 * Wire names; times are RFC 3339, and Go's zero time means never.
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
  /** `bundle_error` after a failure; absent otherwise. */
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly http_code?: number;
  /** Timers in nanoseconds, with OPA's names. */
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

/** The state of one bundle. Times in Unix milliseconds; absent means never or unknown. */
export interface BundleFacts {
  readonly name: string;
  readonly activeRevision?: string;
  readonly activatedAtMs?: number;
  /** Time of the last download. */
  readonly downloadedAtMs?: number;
  /** Time of the source's last answer, including an unchanged bundle. */
  readonly answeredAtMs?: number;
  /** Time of the last request to the source. */
  readonly requestedAtMs?: number;
  readonly sizeBytes?: number;
  /** Reason why the newest bundle is not active, or its source does not answer. */
  readonly failure?: {
    readonly message: string;
    readonly problems?: readonly string[];
    readonly httpCode?: number;
  };
  readonly metrics?: Readonly<Record<string, number>>;
}

/** A source of the state of bundles. */
export interface PolicyStatusSource {
  bundles(): Promise<readonly BundleFacts[]>;
}

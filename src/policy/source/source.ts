/**
 * Takes a bundle from a source: verifies, admits and activates it.
 * Throws BundleRefused for a faulty bundle, which is not delivered again until it changes. Any other error is
 * transient.
 */
export type OnCandidate = (archive: Uint8Array, origin: string) => Promise<void>;

/** Result of the first poll. Polling continues in every case. */
export type StartOutcome =
  | { readonly activated: 'fresh' | 'last_good' }
  /** Neither the source nor its kept copy has an acceptable bundle. */
  | { readonly activated: 'nothing'; readonly error: Error };

/** A source of bundles that polls repeatedly, one poll at a time. */
export interface BundleSource {
  /** Polls immediately, then at the configured interval. Never throws. */
  start(onCandidate: OnCandidate): Promise<StartOutcome>;
  /**
   * Polls now and delivers the bundle even when it is unchanged.
   * Throws SourceUnavailable and errors of `onCandidate`.
   */
  checkNow(): Promise<void>;
  status(): PollerStatus;
  /** Stops polling and waits for a poll in progress. */
  close(): Promise<void>;
}

/**
 * Download status of a bundle, as in OPA (`v1/plugins/bundle/status.go`).
 * Times in milliseconds; absent: never.
 */
export interface PollerStatus {
  /** The path, or the URL without its query. */
  readonly origin: string;
  /** ETag of the last activated bundle. */
  readonly etag?: string;
  /** Size of the last activated archive. */
  readonly size_bytes?: number;
  readonly last_request_ms?: number;
  readonly last_successful_request_ms?: number;
  /** Time of the last delivery that was activated or refused. */
  readonly last_successful_download_ms?: number;
  readonly last_successful_activation_ms?: number;
  /** Absent when the last poll succeeded. */
  readonly last_error?: {
    readonly at_ms: number;
    readonly message: string;
    /** HTTP status of the server. */
    readonly http_code?: number;
  };
}

/** Request of one poll. */
export interface Ask {
  /** ETag of the active bundle, which need not be delivered again. */
  readonly etag?: string;
  /** True: deliver the bundle even when it is unchanged. */
  readonly force: boolean;
}

export type Fetched =
  | { readonly changed: false }
  | { readonly changed: true; readonly archive: Uint8Array; readonly etag?: string };

/** Fetches bundles from one kind of source. */
export interface Fetcher {
  /** For display and logs; contains no secret. */
  readonly origin: string;
  /** Fetches the bundle. Throws SourceUnavailable or BundleRefused, also when the signal is aborted. */
  fetch(ask: Ask, signal: AbortSignal): Promise<Fetched>;
  /** Returns milliseconds until the next poll, after `failures` in a row and a poll that took `tookMs`. */
  pauseMs(failures: number, tookMs: number): number;
}

/**
 * The source is unreachable or answers incorrectly.
 * The message is for operators and contains no secret.
 */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';

  constructor(
    message: string,
    /** HTTP status of the server. */
    readonly httpCode?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

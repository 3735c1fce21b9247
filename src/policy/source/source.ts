/**
 * Takes a bundle that a source brought: verifies, admits and activates it. Throws BundleRefused when the bundle is at
 * fault (it is not brought again while it is the same) and anything else when it may work later.
 */
export type OnCandidate = (archive: Uint8Array, origin: string) => Promise<void>;

/** What the first look at a source came to. Looking goes on in each case. */
export type StartOutcome =
  | { readonly activated: 'fresh' | 'last_good' }
  /** Neither the source nor what was kept of it has a bundle that is taken. */
  | { readonly activated: 'nothing'; readonly error: Error };

/** Where bundles come from: looked at again and again, one look at a time. */
export interface BundleSource {
  /** Looks at once, then as often as it is set to. Never throws. */
  start(onCandidate: OnCandidate): Promise<StartOutcome>;
  /** Looks now and brings what is there also when it is known already. Throws SourceUnavailable and what `onCandidate` does. */
  checkNow(): Promise<void>;
  status(): PollerStatus;
  /** Ends looking, and waits for a look that is under way. */
  close(): Promise<void>;
}

/** What OPA's status says of a bundle's download (`v1/plugins/bundle/status.go`). Times in milliseconds; absent: never. */
export interface PollerStatus {
  /** The path, or the URL without its query. */
  readonly origin: string;
  /** Of the bundle that was activated last. */
  readonly etag?: string;
  /** Of the archive that was activated last. */
  readonly size_bytes?: number;
  readonly last_request_ms?: number;
  readonly last_successful_request_ms?: number;
  /** The last time an archive was brought that was then activated or refused. */
  readonly last_successful_download_ms?: number;
  readonly last_successful_activation_ms?: number;
  /** Absent when the last look went well. */
  readonly last_error?: {
    readonly at_ms: number;
    readonly message: string;
    /** What the server answered. */
    readonly http_code?: number;
  };
}

/** What a look asks for. */
export interface Ask {
  /** Of what was activated last: it need not be brought again. */
  readonly etag?: string;
  /** Bring it also when it did not change. */
  readonly force: boolean;
}

export type Fetched =
  | { readonly changed: false }
  | { readonly changed: true; readonly archive: Uint8Array; readonly etag?: string };

/** One kind of place that bundles are brought from. */
export interface Fetcher {
  /** For people and logs: holds no secret. */
  readonly origin: string;
  /** Throws SourceUnavailable or BundleRefused; also when the signal is aborted. */
  fetch(ask: Ask, signal: AbortSignal): Promise<Fetched>;
  /** Milliseconds until the next look, after `failures` failed ones in a row and a look that took `tookMs`. */
  pauseMs(failures: number, tookMs: number): number;
}

/** The source cannot be reached, or does not answer as it should. The message is for operators and holds no secret. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';

  constructor(
    message: string,
    /** What the server answered. */
    readonly httpCode?: number,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

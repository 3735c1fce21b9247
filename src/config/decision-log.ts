import type { RawConfig } from './raw.generated.js';

/** The decision log in OPA's event format; off without a sink. */
export interface DecisionLogConfig {
  readonly file: DecisionLogFileConfig | undefined;
  readonly stdout: boolean;
  readonly http: DecisionLogHttpConfig | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** JSON pointers such as `/input/request/declared/reason`. */
  readonly mask: readonly string[];
  readonly maskEntrypoint: string | undefined;
  readonly dropEntrypoint: string | undefined;
  readonly bufferMaxBytes: number;
}

export interface DecisionLogFileConfig {
  /** Absolute. */
  readonly path: string;
  readonly maxBytes: number;
  readonly keep: number;
}

export interface DecisionLogHttpConfig {
  readonly url: string;
  /** Never logged, never shown. */
  readonly token: string | undefined;
  /** Lower case. */
  readonly tokenHeader: string;
  readonly timeoutMs: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Maximum size of a compressed chunk. */
  readonly uploadSizeLimitBytes: number;
}

/** Returns the decision log's settings, with paths resolved by `at`. */
export function decisionLogOf(
  raw: RawConfig['decision_log'],
  at: (path: string | undefined) => string | undefined,
  token: string | undefined,
): DecisionLogConfig {
  const path = at(raw.file.path);
  const { url } = raw.http;
  return {
    file:
      path === undefined ? undefined : { path, maxBytes: raw.file.max_bytes, keep: raw.file.keep },
    stdout: raw.stdout,
    http:
      url === undefined
        ? undefined
        : {
            url,
            token,
            tokenHeader: raw.http.token_header.toLowerCase(),
            timeoutMs: raw.http.timeout_ms,
            minDelayMs: raw.http.min_delay_ms,
            maxDelayMs: raw.http.max_delay_ms,
            uploadSizeLimitBytes: raw.http.upload_size_limit_bytes,
          },
    labels: raw.labels ?? {},
    mask: raw.mask,
    maskEntrypoint: raw.mask_entrypoint,
    dropEntrypoint: raw.drop_entrypoint,
    bufferMaxBytes: raw.buffer_max_bytes,
  };
}

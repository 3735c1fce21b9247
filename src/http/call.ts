import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../domain/revocation.js';
import type { ListenerName } from '../domain/http-observation.js';
/** Path parameters as the router decoded them. */
export type PathParams = Readonly<Record<string, string | readonly string[]>>;

/** One request as handlers see it. Nothing in it is checked, except that the body is never over the limit. */
export interface Call {
  readonly method: string;
  /** The request target without its query. */
  readonly path: string;
  readonly params: PathParams;
  /** The raw query text after `?`; empty when there is none. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * The whole body, read on the first call. Throws `payload_too_large` over 65,536 bytes, or over `maxBytes`
   * where a route takes more, `unsupported_media_type` for a content encoding, `invalid_request` when it ends early.
   */
  body(maxBytes?: number): Promise<Uint8Array>;
  /** A header that may come at most once; throws `invalid_request` when it came twice. */
  single(name: string): string | undefined;
  /** The client's address: the peer's, or what a trusted proxy says; `local` on a unix socket. */
  readonly source: string;
  readonly requestId: string;
  readonly listener: ListenerName;
  /** Milliseconds since the Unix epoch after which the answer is 503. */
  readonly deadlineMs: number;
  /** Who called, on the admin listener, once authenticated. */
  readonly principal: Principal | undefined;
}

/** An answer. Content-Length and X-Request-Id are added when it is written. */
export interface Reply {
  readonly status: number;
  /** Names and values in turn, as node:http takes them. */
  readonly headers: readonly string[];
  readonly body: string;
}

export type Handler = (call: Call) => Promise<Reply>;

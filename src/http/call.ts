import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../domain/revocation.js';
import type { ListenerName } from '../domain/http-observation.js';
/** Path parameters, decoded by the router. */
export type PathParams = Readonly<Record<string, string | readonly string[]>>;

/** A request as handlers see it. Only the size of the body is validated. */
export interface Call {
  readonly method: string;
  /** The request target without its query. */
  readonly path: string;
  readonly params: PathParams;
  /** The raw query text after `?`; empty without a query. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * Returns the whole body, read on the first call. The limit is 65,536 bytes, or `maxBytes` of the route.
   * Throws `payload_too_large`, `unsupported_media_type` for a content encoding, `invalid_request` when truncated.
   */
  body(maxBytes?: number): Promise<Uint8Array>;
  /** Returns a header that may occur once; throws `invalid_request` for a duplicate. */
  single(name: string): string | undefined;
  /** The client's address, from the peer or a trusted proxy; `local` on a unix socket. */
  readonly source: string;
  readonly requestId: string;
  readonly listener: ListenerName;
  /** Milliseconds since the Unix epoch after which the answer is 503. */
  readonly deadlineMs: number;
  /** The authenticated principal; on the admin listener only. */
  readonly principal: Principal | undefined;
}

/** A response. The exchange adds Content-Length and X-Request-Id when it writes it. */
export interface Reply {
  readonly status: number;
  /** Alternating names and values, the raw form of node:http. */
  readonly headers: readonly string[];
  readonly body: string;
}

export type Handler = (call: Call) => Promise<Reply>;

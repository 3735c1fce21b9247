import type { AdminOperations, PublicOperations } from '../use-cases/operations.js';
import type { Clock } from '../domain/clock.js';
import type { ServerTimeouts } from './draining-server.js';
import type { ExchangeDeps } from './exchange.js';
import type { ListenAddress } from './listen-address.js';
import type { AuthenticateAdmin, RequestParsers } from './ports.js';
import type { ReadinessReport } from '../domain/readiness.js';
import type { ProxyTrust } from './proxies/source.js';

/** The PROXY protocol of a listener: `required` means each connection begins with a header. */
export type ProxyProtocol = 'off' | 'required';

export interface HttpConfig {
  /** The issuer URL; error pages are at `<issuer>/errors/<code>`. */
  readonly issuer: string;
  readonly version: string;
  /** Trusted proxies of the public and the admin listener; default: none. */
  readonly proxies?: ProxyTrust;
  readonly public: {
    readonly host: string;
    readonly port: number;
    /** `required`: connections begin with a PROXY header from a trusted proxy. Default: `off`. */
    readonly proxyProtocol?: ProxyProtocol;
  };
  readonly admin: {
    readonly host: string;
    readonly port: number;
    /** Host values accepted in addition to loopback: `name` with any port, or `name:port`. */
    readonly allowedHosts: readonly string[];
    readonly proxyProtocol?: ProxyProtocol;
  };
  /** Absent: no sidecar listener. */
  readonly sidecar?: {
    readonly address: ListenAddress;
    readonly agentId: string;
    readonly allowedHosts: readonly string[];
  };
  /** Absent: no listener for probes. */
  readonly probes?: {
    readonly host: string;
    readonly port: number;
  };
  /** Time limit of a use case in milliseconds; after it the answer is 503. */
  readonly requestTimeoutMs: number;
  /** Cache age of the JWKS and the metadata, in seconds. */
  readonly jwksMaxAgeSeconds: number;
  /** Serves the hot routes from node:http before Express; default: true. */
  readonly front?: boolean;
}

/** Dependencies of the HTTP layer. */
export interface HttpDeps {
  readonly config: HttpConfig;
  readonly operations: PublicOperations;
  readonly adminOperations: AdminOperations;
  readonly parsers: RequestParsers;
  readonly authenticateAdmin: AuthenticateAdmin;
  /** RFC 8414 document. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Current key set (RFC 7517 section 5). */
  jwks(): Promise<{ readonly keys: readonly unknown[] }>;
  /** Metrics in the Prometheus text format. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Never rejects. */
  readiness(): Promise<ReadinessReport>;
  readonly clock: Clock;
  readonly observe: ExchangeDeps['observe'];
  readonly onError: ExchangeDeps['onError'];
  readonly timeouts?: Partial<ServerTimeouts>;
  /** Folder of the error pages; default: the folder of this package. */
  readonly errorPagesFolder?: string;
}

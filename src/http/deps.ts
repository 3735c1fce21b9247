import type { AdminOperations, PublicOperations } from '../use-cases/operations.js';
import type { Clock } from '../domain/clock.js';
import type { ServerTimeouts } from './draining-server.js';
import type { ExchangeDeps } from './exchange.js';
import type { ListenAddress } from './listen-address.js';
import type { AuthenticateAdmin, RequestParsers } from './ports.js';
import type { ReadinessReport } from '../domain/readiness.js';
import type { ProxyTrust } from './proxies/source.js';

/** Whether connections of a listener begin with a PROXY protocol header. */
export type ProxyProtocol = 'off' | 'required';

export interface HttpConfig {
  /** The issuer URL; error pages are at `<issuer>/errors/<code>`. */
  readonly issuer: string;
  readonly version: string;
  /** Proxies that are believed on the public and the admin listener; none unless given. */
  readonly proxies?: ProxyTrust;
  readonly public: {
    readonly host: string;
    readonly port: number;
    /** `required`: every connection begins with a PROXY header from a trusted proxy. Off unless given. */
    readonly proxyProtocol?: ProxyProtocol;
  };
  readonly admin: {
    readonly host: string;
    readonly port: number;
    /** Host values taken beside loopback: `name` with any port, or `name:port`. */
    readonly allowedHosts: readonly string[];
    readonly proxyProtocol?: ProxyProtocol;
  };
  /** Absent: no sidecar listener. */
  readonly sidecar?: {
    readonly address: ListenAddress;
    readonly agentId: string;
    readonly allowedHosts: readonly string[];
  };
  /** How long a use case may take before its answer is 503, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How long a JWKS and the metadata may be cached, in seconds. */
  readonly jwksMaxAgeSeconds: number;
  /** Serve the hot routes from node:http before Express; on unless false. */
  readonly front?: boolean;
}

/** All the HTTP layer needs from outside. */
export interface HttpDeps {
  readonly config: HttpConfig;
  readonly operations: PublicOperations;
  readonly adminOperations: AdminOperations;
  readonly parsers: RequestParsers;
  readonly authenticateAdmin: AuthenticateAdmin;
  /** RFC 8414 document. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** RFC 7517 section 5 key set, as it is now. */
  jwks(): Promise<{ readonly keys: readonly unknown[] }>;
  /** The Prometheus text exposition. */
  metrics(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Never rejects. */
  readiness(): Promise<ReadinessReport>;
  readonly clock: Clock;
  readonly observe: ExchangeDeps['observe'];
  readonly onError: ExchangeDeps['onError'];
  readonly timeouts?: Partial<ServerTimeouts>;
  /** Folder of the error pages; the one of this package unless given. */
  readonly errorPagesFolder?: string;
}

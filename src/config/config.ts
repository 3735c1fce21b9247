import type { AdminRole } from '../domain/admin-role.js';
import type { ConfiguredLimits } from '../domain/budget.js';
import type { ConfiguredRegistry } from '../domain/records.js';
import type { SigningAlg } from '../domain/token.js';
import type { DecisionLogConfig } from './decision-log.js';
import type { PolicyConfig } from './policy.js';
import type { RawConfig } from './raw.generated.js';

export interface PublicListenerConfig {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export interface ProxiedListenerConfig {
  /** `required`: every connection begins with a PROXY header from a trusted proxy. */
  readonly proxyProtocol: RawConfig['listeners']['public']['proxy_protocol'];
}

export interface AdminListenerConfig extends PublicListenerConfig {
  /** Values of `Host` accepted beside the loopback ones: `name` or `name:port`. */
  readonly allowedHosts: readonly string[];
}

export interface SidecarListenerConfig extends AdminListenerConfig {
  readonly enabled: boolean;
  /** A unix socket; replaces host and port. */
  readonly socket: string | undefined;
  /** The agent that the listener stands for; empty only when the listener is off. */
  readonly agentId: string;
}

export interface RedisConfig {
  /** Undefined: `start` runs a private Redis. Schemes: see `REDIS_SCHEMES`. */
  readonly url: string | undefined;
  /** First part of every key. */
  readonly prefix: string;
  readonly shards: number;
  readonly commandTimeoutMs: number;
  /** What the settings say beside the URL, of the servers and of the Sentinels. */
  readonly login: RedisLoginConfig;
  readonly sentinelLogin: RedisLoginConfig;
  readonly tls: RedisTlsConfig;
  /** Memory in use at which issuing stops; undefined: no mark beyond Redis's own maxmemory. */
  readonly highWaterBytes: number | undefined;
}

export interface RedisLoginConfig {
  readonly username?: string;
  /** Never logged, never shown. */
  readonly password?: string;
}

/** PEM texts, read when the configuration was; absent members: Node's own authorities, no client certificate. */
export interface RedisTlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  /** Never logged, never shown. */
  readonly privateKey?: string;
  readonly serverName?: string;
}

export interface TokensConfig {
  /** When the agent does not say. */
  readonly defaultTtlSeconds: number;
  /** No token ever lives longer. */
  readonly maxTtlSeconds: number;
  /** How long past expiry a record is kept. */
  readonly skewSeconds: number;
  readonly signingAlg: SigningAlg;
}

export interface KeysConfig {
  readonly rotateEverySeconds: number;
  /** `max-age` of the JWKS; the next key is published at least this long before it signs. */
  readonly jwksCacheSeconds: number;
  readonly keyEncryptionKeyFile: string | undefined;
  readonly previousKeyEncryptionKeyFile: string | undefined;
}

export interface AdminPrincipalConfig {
  readonly id: string;
  readonly role: AdminRole;
  /** Lower-case hex SHA-256 of the whole token text. */
  readonly tokenSha256: string;
}

export interface AuditConfig {
  /** The embedded audit database; absolute. */
  readonly storePath: string;
  /** Events are appended here too, one JSON object a line. */
  readonly jsonlPath: string | undefined;
  readonly stdout: boolean;
  readonly inputs: InputsConfig;
  readonly retention: RetentionConfig;
}

/** How long events are kept, and how large the audit database may be. */
export interface RetentionConfig {
  readonly maxAgeDays: number;
  readonly maxBytes: number;
}

/** What is kept of the input of each decision. */
export interface InputsConfig {
  readonly mode: RawConfig['audit']['inputs'];
  readonly maxBytes: number;
  /** JSON pointers; read when the mode is `masked`. */
  readonly mask: readonly string[];
}

export interface WebhookConfig {
  readonly id: string;
  readonly url: string;
  /** The Standard Webhooks secret (`whsec_…`). Never logged, never shown. */
  readonly secret: string;
  /** Event types sent; empty: all that are sent at all. */
  readonly events: readonly string[];
}

/** Secrets that came from the environment or a file. `resolveSecrets` fills in what the local profile makes itself. */
export interface ConfiguredSecrets {
  readonly adminToken: string | undefined;
  /** Base64 of exactly 32 bytes. */
  readonly keyEncryptionKey: string | undefined;
  readonly previousKeyEncryptionKey: string | undefined;
}

/** The whole configuration: checked, with every default filled in, deeply frozen. */
export interface Config {
  readonly profile: RawConfig['profile'];
  /** `iss` of tokens and base of the metadata; no slash at the end. */
  readonly issuer: string;
  /** True when nobody set `issuer`: it then follows the port that was really bound. */
  readonly issuerIsDefault: boolean;
  readonly listeners: {
    /** Addresses and CIDR blocks of the proxies that are believed; empty: none. */
    readonly trustedProxies: readonly string[];
    /** The one header that is read when a trusted proxy sends it. */
    readonly forwardedHeader: RawConfig['listeners']['forwarded_header'];
    readonly public: PublicListenerConfig & ProxiedListenerConfig;
    readonly admin: AdminListenerConfig & ProxiedListenerConfig;
    readonly sidecar: SidecarListenerConfig;
  };
  readonly redis: RedisConfig;
  /** Absolute. */
  readonly dataDir: string;
  readonly tokens: TokensConfig;
  readonly keys: KeysConfig;
  readonly policy: PolicyConfig;
  readonly request: { readonly deadlineMs: number };
  /** In force as long as nothing else was put through the admin API. */
  readonly limits: ConfiguredLimits;
  readonly admin: { readonly principals: readonly AdminPrincipalConfig[] };
  readonly audit: AuditConfig;
  readonly decisionLog: DecisionLogConfig;
  readonly webhooks: readonly WebhookConfig[];
  readonly registry: ConfiguredRegistry;
  /** The local profile serves the demo: the registry has the demo agent and its resource server. */
  readonly demo: boolean;
  readonly log: { readonly level: RawConfig['log']['level'] };
  /** Whether `start` runs the worker in the same process. */
  readonly worker: { readonly enabled: boolean };
  readonly security: {
    /** "I accept the risk": run on a store with replicas before leases exist. */
    readonly acceptReplicaRisk: boolean;
  };
  readonly secrets: ConfiguredSecrets;
  /** What is allowed but should be looked at. */
  readonly warnings: readonly string[];
  /** The file that was read; undefined when there was none. */
  readonly file: string | undefined;
}

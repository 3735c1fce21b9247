import type { AdminRole } from '../domain/admin-role.js';
import type { SigningAlg } from '../domain/token.js';
import type { RawDecisionLog } from './decision-log.js';
import type { RawPolicy } from './policy.js';
import type { ScopeCosts, BudgetLimit } from '../domain/budget.js';

/** The document after its check and with the schema's defaults filled in. Wire names, as in `countersign.yaml`. */
export interface RawConfig {
  readonly profile: Profile;
  readonly issuer?: string;
  readonly listeners: {
    readonly trusted_proxies?: readonly string[];
    readonly forwarded_header: ForwardedHeader;
    readonly public: {
      readonly host?: string;
      readonly port: number;
      readonly proxy_protocol: ProxyProtocol;
    };
    readonly admin: RawGuardedListener & { readonly proxy_protocol: ProxyProtocol };
    readonly sidecar: RawGuardedListener & {
      readonly enabled?: boolean;
      readonly socket?: string;
      readonly agent_id?: string;
    };
  };
  readonly redis: RawRedis;
  readonly data_dir: string;
  readonly tokens: {
    readonly default_ttl_seconds: number;
    readonly max_ttl_seconds: number;
    readonly skew_seconds: number;
    readonly signing_alg: SigningAlg;
  };
  readonly keys: {
    readonly rotate_every_seconds: number;
    readonly jwks_cache_seconds: number;
    readonly key_encryption_key_file?: string;
    readonly previous_key_encryption_key_file?: string;
  };
  readonly policy: RawPolicy;
  readonly request: { readonly deadline_ms: number };
  readonly limits: RawLimits;
  readonly admin: { readonly token_file?: string; readonly principals?: readonly RawPrincipal[] };
  readonly audit: {
    readonly store_path?: string;
    readonly jsonl_path?: string;
    readonly stdout: boolean;
    readonly inputs: 'full' | 'masked' | 'off';
    readonly input_max_bytes: number;
    readonly mask?: readonly string[];
    readonly retention: { readonly max_age_days: number; readonly max_bytes: number };
  };
  readonly decision_log: RawDecisionLog;
  readonly webhooks?: readonly RawWebhook[];
  readonly registry: RawRegistry;
  readonly log: { readonly level: LogLevel };
  readonly worker: { readonly enabled: boolean };
  readonly security: { readonly accept_replica_risk: boolean };
}

export interface RawRedis {
  readonly url?: string;
  readonly username?: string;
  readonly password_file?: string;
  readonly sentinel: { readonly username?: string; readonly password_file?: string };
  readonly tls: {
    readonly ca_file?: string;
    readonly cert_file?: string;
    readonly key_file?: string;
    readonly server_name?: string;
  };
  readonly prefix: string;
  readonly shards: number;
  readonly command_timeout_ms: number;
  readonly high_water_bytes?: number;
}

interface RawGuardedListener {
  readonly host: string;
  readonly port: number;
  readonly allowed_hosts?: readonly string[];
}

export interface RawPrincipal {
  readonly id: string;
  readonly role: AdminRole;
  readonly token_sha256: string;
}

export interface RawWebhook {
  readonly id: string;
  readonly url: string;
  readonly secret_env?: string;
  readonly secret_file?: string;
  readonly events?: readonly string[];
}

/** Entries are only known to be objects here: their own check belongs to the registry's schemas. */
export interface RawRegistry {
  readonly revision: number;
  readonly agents?: readonly Readonly<Record<string, unknown>>[];
  readonly resources?: readonly Readonly<Record<string, unknown>>[];
  readonly resource_servers?: readonly Readonly<Record<string, unknown>>[];
}

/** Whether connections of a listener begin with a PROXY protocol header. */
export type ProxyProtocol = 'off' | 'required';

/** The header that a trusted proxy writes the client's address into. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

/** The `limits` section after its check, defaults filled in. */
export interface RawLimits {
  readonly cost: ScopeCosts;
  readonly owner: Partial<BudgetLimit>;
  readonly owners?: Readonly<Record<string, BudgetLimit>>;
  readonly global: Partial<BudgetLimit>;
}

export type Profile = 'local' | 'production';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

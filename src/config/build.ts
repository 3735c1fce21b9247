import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostPort } from './addresses.js';
import type {
  AuditConfig,
  Config,
  ConfiguredSecrets,
  KeysConfig,
  RedisConfig,
  TokensConfig,
  WebhookConfig,
} from './config.js';
import type { ConfiguredRegistry } from '../domain/records.js';
import { decisionLogOf } from './decision-log.js';
import { hasDemo } from './demo.js';
import { limitsOf } from './limits.js';
import { policyOf, type PolicySecrets } from './policy.js';
import type { RedisSecrets } from './redis-secrets.js';
import type { RawConfig } from './raw.generated.js';

/** The package's root folder, relative to `src/config` and to `dist/config`. */
const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Default mask: the agent's declared members, which can name a person or hold free text. */
const DEFAULT_MASK = ['user_id', 'reason', 'session_id', 'task_id'].map(
  (name) => `/request/declared/${name}`,
);

/** The parts of the configuration that do not come from the document. */
export interface ConfigParts {
  readonly registry: ConfiguredRegistry;
  readonly secrets: ConfiguredSecrets;
  readonly webhooks: readonly WebhookConfig[];
  readonly redisSecrets: RedisSecrets;
  readonly policySecrets: PolicySecrets;
  /** Token for the decision log's receiver. */
  readonly decisionLogToken: string | undefined;
  readonly warnings: readonly string[];
  readonly file: string | undefined;
  /** Base folder of relative paths. */
  readonly cwd: string;
}

/** Builds the configuration from a checked document, including defaults that depend on other values. */
export function buildConfig(raw: RawConfig, parts: ConfigParts): Config {
  const { cwd } = parts;
  const dataDir = resolve(cwd, raw.data_dir);
  const at = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(cwd, path);
  return {
    profile: raw.profile,
    issuer: withoutSlashes(
      raw.issuer ?? `http://${hostPort('127.0.0.1', raw.listeners.public.port)}`,
    ),
    issuerIsDefault: raw.issuer === undefined,
    listeners: listenersOf(raw, at),
    redis: redisOf(raw, parts.redisSecrets),
    dataDir,
    tokens: tokensOf(raw),
    keys: keysOf(raw, at),
    policy: policyOf(raw.policy, parts.policySecrets, cwd, PACKAGE_ROOT),
    request: { deadlineMs: raw.request.deadline_ms },
    limits: limitsOf(raw.limits),
    admin: {
      principals: (raw.admin.principals ?? []).map(({ id, role, token_sha256 }) => ({
        id,
        role,
        tokenSha256: token_sha256,
      })),
    },
    audit: auditOf(raw, dataDir, at),
    decisionLog: decisionLogOf(raw.decision_log, at, parts.decisionLogToken),
    webhooks: parts.webhooks,
    registry: parts.registry,
    demo: raw.profile === 'local' && hasDemo(parts.registry),
    log: { level: raw.log.level },
    worker: { enabled: raw.worker.enabled },
    security: { acceptReplicaRisk: raw.security.accept_replica_risk },
    secrets: parts.secrets,
    warnings: parts.warnings,
    file: parts.file,
  };
}

type At = (path: string | undefined) => string | undefined;

function listenersOf(raw: RawConfig, at: At): Config['listeners'] {
  const { public: open, admin, sidecar, trusted_proxies, forwarded_header } = raw.listeners;
  return {
    trustedProxies: trusted_proxies ?? [],
    forwardedHeader: forwarded_header,
    public: {
      host: open.host ?? defaultPublicHost(raw),
      port: open.port,
      proxyProtocol: open.proxy_protocol,
    },
    admin: {
      host: admin.host,
      port: admin.port,
      allowedHosts: admin.allowed_hosts ?? [],
      proxyProtocol: admin.proxy_protocol,
    },
    sidecar: {
      enabled: sidecar.enabled ?? false,
      host: sidecar.host,
      port: sidecar.port,
      socket: at(sidecar.socket),
      agentId: sidecar.agent_id ?? '',
      allowedHosts: sidecar.allowed_hosts ?? [],
    },
  };
}

function defaultPublicHost(raw: RawConfig): string {
  return raw.profile === 'production' ? '0.0.0.0' : '127.0.0.1';
}

function redisOf({ redis }: RawConfig, secrets: RedisSecrets): RedisConfig {
  return {
    url: redis.url,
    ...secrets,
    prefix: redis.prefix,
    shards: redis.shards,
    commandTimeoutMs: redis.command_timeout_ms,
    highWaterBytes: redis.high_water_bytes,
  };
}

function tokensOf({ tokens }: RawConfig): TokensConfig {
  return {
    defaultTtlSeconds: tokens.default_ttl_seconds,
    maxTtlSeconds: tokens.max_ttl_seconds,
    skewSeconds: tokens.skew_seconds,
    signingAlg: tokens.signing_alg,
  };
}

function keysOf({ keys }: RawConfig, at: At): KeysConfig {
  return {
    rotateEverySeconds: keys.rotate_every_seconds,
    jwksCacheSeconds: keys.jwks_cache_seconds,
    keyEncryptionKeyFile: at(keys.key_encryption_key_file),
    previousKeyEncryptionKeyFile: at(keys.previous_key_encryption_key_file),
  };
}

function auditOf({ audit }: RawConfig, dataDir: string, at: At): AuditConfig {
  return {
    storePath: at(audit.store_path) ?? join(dataDir, 'audit.db'),
    jsonlPath: at(audit.jsonl_path),
    stdout: audit.stdout,
    inputs: {
      mode: audit.inputs,
      maxBytes: audit.input_max_bytes,
      mask: audit.mask ?? DEFAULT_MASK,
    },
    retention: { maxAgeDays: audit.retention.max_age_days, maxBytes: audit.retention.max_bytes },
  };
}

function withoutSlashes(uri: string): string {
  let end = uri.length;
  while (uri[end - 1] === '/') end -= 1;
  return uri.slice(0, end);
}

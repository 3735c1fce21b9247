import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { listenerUrl } from './addresses.js';
import type {
  AuditConfig,
  Config,
  ConfiguredSecrets,
  RedisConfig,
  WebhookConfig,
} from './config.js';
import type { ConfiguredRegistry } from '../domain/records.js';
import { decisionLogOf } from './decision-log.js';
import { hasDemo } from './demo.js';
import { limitsOf } from './limits.js';
import { policyOf, type PolicySecrets } from './policy.js';
import type { RedisSecrets } from './redis-secrets.js';
import type { RawConfig } from './raw.generated.js';
import type { Settings } from './settings.generated.js';
import { settingsOf } from './settings.js';

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
  const { cwd, registry, secrets, webhooks, warnings, file } = parts;
  const settings = settingsOf(raw);
  const { profile, tokens, request, log, worker, security } = settings;
  const dataDir = resolve(cwd, settings.dataDir);
  const at = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : resolve(cwd, path);
  const listeners = listenersOf(settings, at);
  return {
    profile,
    issuer: withoutSlashes(
      settings.issuer ?? listenerUrl(listeners.public.host, listeners.public.port),
    ),
    issuerIsDefault: settings.issuer === undefined,
    listeners,
    redis: redisOf(settings, parts.redisSecrets),
    dataDir,
    tokens,
    keys: keysOf(settings, at),
    policy: policyOf(settings.policy, parts.policySecrets, cwd, PACKAGE_ROOT),
    request,
    limits: limitsOf(raw.limits),
    admin: adminOf(settings.admin),
    audit: auditOf(settings, dataDir, at),
    decisionLog: decisionLogOf(settings.decisionLog, at, parts.decisionLogToken),
    webhooks,
    registry,
    demo: profile === 'local' && hasDemo(registry),
    log,
    worker,
    security,
    secrets,
    warnings,
    file,
  };
}

type At = (path: string | undefined) => string | undefined;

function listenersOf({ listeners, profile }: Settings, at: At): Config['listeners'] {
  const { public: open, admin, sidecar, probes, trustedProxies = [] } = listeners;
  const host = profile === 'production' ? '0.0.0.0' : '127.0.0.1';
  return {
    ...listeners,
    trustedProxies,
    public: { ...open, host: open.host ?? host },
    admin: { ...admin, allowedHosts: admin.allowedHosts ?? [] },
    sidecar: {
      ...sidecar,
      enabled: sidecar.enabled ?? false,
      socket: at(sidecar.socket),
      agentId: sidecar.agentId ?? '',
      allowedHosts: sidecar.allowedHosts ?? [],
    },
    probes: { ...probes, host: probes.host ?? host },
  };
}

function redisOf({ redis }: Settings, secrets: RedisSecrets): RedisConfig {
  const { username: _user, passwordFile: _file, sentinel: _sentinel, ...plain } = redis;
  return { ...plain, ...secrets };
}

function keysOf({ keys }: Settings, at: At): Config['keys'] {
  const current = at(keys.keyEncryptionKeyFile);
  const previous = at(keys.previousKeyEncryptionKeyFile);
  return {
    ...keys,
    ...(current === undefined ? {} : { keyEncryptionKeyFile: current }),
    ...(previous === undefined ? {} : { previousKeyEncryptionKeyFile: previous }),
  };
}

function auditOf({ audit }: Settings, dataDir: string, at: At): AuditConfig {
  const { inputs: mode, inputMaxBytes: maxBytes, mask = DEFAULT_MASK, ...plain } = audit;
  return {
    ...plain,
    storePath: at(audit.storePath) ?? join(dataDir, 'audit.db'),
    jsonlPath: at(audit.jsonlPath),
    inputs: { mode, maxBytes, mask },
  };
}

function withoutSlashes(uri: string): string {
  let end = uri.length;
  while (uri[end - 1] === '/') end -= 1;
  return uri.slice(0, end);
}

function adminOf({ principals = [], tokenExpiresAt }: Settings['admin']): Config['admin'] {
  return { principals, ...(tokenExpiresAt === undefined ? {} : { tokenExpiresAt }) };
}

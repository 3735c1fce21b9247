import { join, resolve } from 'node:path';
import { isLoopback } from './addresses.js';
import { limitsProblems } from './limits.js';
import { policyProblems, policyWarnings } from './policy-rules.js';
import type { ConfigProblem } from './problems.js';
import { proxyProblems } from './proxies.js';
import type { RawConfig } from './raw.generated.js';
import { redisProblems, redisWarnings } from './redis-rules.js';
import type { RedisSecrets } from './redis-secrets.js';

/** A rule about a combination of values. `production` rules apply in that profile only. */
interface Rule {
  readonly where: string;
  readonly production?: true;
  readonly broken: (raw: RawConfig) => boolean;
  readonly message: string;
}

const RULES: readonly Rule[] = [
  {
    where: '/tokens/default_ttl_seconds',
    broken: (raw) => raw.tokens.default_ttl_seconds > raw.tokens.max_ttl_seconds,
    message: 'must not be above tokens.max_ttl_seconds',
  },
  {
    where: '/keys/rotate_every_seconds',
    broken: (raw) => raw.keys.rotate_every_seconds < raw.keys.jwks_cache_seconds,
    message: 'must not be below keys.jwks_cache_seconds: the next key is published that long first',
  },
  {
    where: '/listeners/sidecar/host',
    broken: ({ listeners: { sidecar } }) =>
      sidecar.enabled === true && sidecar.socket === undefined && !isLoopback(sidecar.host),
    message: 'must be a loopback address: every caller of the sidecar listener is the agent',
  },
  {
    where: '/listeners/sidecar/agent_id',
    broken: ({ listeners: { sidecar } }) =>
      sidecar.enabled === true && sidecar.agent_id === undefined,
    message: 'must name the agent that the sidecar listener stands for',
  },
  {
    where: '/decision_log/http/max_delay_ms',
    broken: ({ decision_log: { http } }) => http.max_delay_ms < http.min_delay_ms,
    message: 'must not be below decision_log.http.min_delay_ms',
  },
  {
    where: '/decision_log/http/url',
    production: true,
    broken: ({ decision_log: { http } }) => http.url?.startsWith('https://') === false,
    message: 'must be https in production',
  },
  {
    where: '/audit/jsonl_path',
    broken: (raw) => isOfStore(raw, raw.audit.jsonl_path),
    message: 'must not be a file of the audit store: writing outside SQLite destroys it',
  },
  {
    where: '/decision_log/file/path',
    broken: (raw) => isOfStore(raw, raw.decision_log.file.path),
    message: 'must not be a file of the audit store: writing outside SQLite destroys it',
  },
  {
    where: '/audit/mask',
    broken: ({ audit }) => audit.mask !== undefined && audit.inputs !== 'masked',
    message: 'needs audit.inputs: masked, or nothing is masked',
  },
  {
    where: '/issuer',
    production: true,
    broken: (raw) => raw.issuer?.startsWith('https://') !== true,
    message: 'must be set in production, and be an https URL',
  },
  {
    where: '/redis/url',
    production: true,
    broken: (raw) => raw.redis.url === undefined,
    message: 'must be set in production: a private Redis belongs to one machine only',
  },
  {
    where: '/listeners/admin/allowed_hosts',
    production: true,
    broken: ({ listeners: { admin } }) =>
      !isLoopback(admin.host) && (admin.allowed_hosts ?? []).length === 0,
    message: 'must name the hosts that the admin listener answers to when it is not on loopback',
  },
];

/**
 * Returns true for a path that collides with the audit store or SQLite's companion files.
 *
 * A rotated file of the path must not collide either. Writing would destroy content, and opening and closing the file
 * outside SQLite releases its locks (fcntl(2)).
 */
function isOfStore(raw: RawConfig, path: string | undefined): boolean {
  if (path === undefined) return false;
  const store = resolve(raw.audit.store_path ?? join(raw.data_dir, 'audit.db'));
  const files = ['', '-wal', '-shm', '-journal'].map((suffix) => store + suffix);
  const written = resolve(path);
  return files.some(
    (file) => file.startsWith(written) && /^(\.[0-9]+)?$/.test(file.slice(written.length)),
  );
}

/** Returns the problems of values in combination and in the profile. */
export function checkRules(raw: RawConfig): ConfigProblem[] {
  const problems = RULES.filter(
    (rule) => (rule.production !== true || raw.profile === 'production') && rule.broken(raw),
  ).map(({ where, message }) => ({ where, message }));
  return [
    ...problems,
    ...limitsProblems(raw.limits),
    ...redisProblems(raw),
    ...policyProblems(raw),
    ...proxyProblems(raw),
    ...plainWebhooks(raw),
    ...adminTokenEnds(raw),
    ...duplicates(raw),
  ];
}

function plainWebhooks(raw: RawConfig): ConfigProblem[] {
  if (raw.profile !== 'production') return [];
  return (raw.webhooks ?? []).flatMap(({ url }, index) =>
    url.startsWith('https://')
      ? []
      : [{ where: `/webhooks/${String(index)}/url`, message: 'must be https in production' }],
  );
}

/** Reports ends of admin tokens that are no time of the calendar. */
function adminTokenEnds({ admin }: RawConfig): ConfigProblem[] {
  const ends = (admin.principals ?? []).map(
    ({ expires_at: end }, index) => [`/admin/principals/${String(index)}/expires_at`, end] as const,
  );
  return [...ends, ['/admin/token_expires_at', admin.token_expires_at] as const].flatMap(
    ([where, end]) =>
      end === undefined || !Number.isNaN(Date.parse(end))
        ? []
        : [{ where, message: 'is not a time' }],
  );
}

/** Reports entries of one list with equal names. */
function duplicates(raw: RawConfig): ConfigProblem[] {
  const principals = raw.admin.principals ?? [];
  const lists: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['/admin/principals', 'id', principals.map(({ id }) => id)],
    ['/admin/principals', 'token_sha256', principals.map((one) => one.token_sha256)],
    ['/webhooks', 'id', (raw.webhooks ?? []).map(({ id }) => id)],
  ];
  return lists.flatMap(([list, key, values]) =>
    values.flatMap((value, index) =>
      values.indexOf(value) === index
        ? []
        : [{ where: `${list}/${String(index)}/${key}`, message: 'is a duplicate' }],
    ),
  );
}

/** Returns the warnings about allowed but questionable settings. */
export function warningsOf(raw: RawConfig, redisSecrets: RedisSecrets): string[] {
  const warnings: string[] = [];
  const { listeners, profile } = raw;
  for (const name of ['public', 'probes'] as const) {
    const { host } = listeners[name];
    if (profile === 'local' && host !== undefined && !isLoopback(host)) {
      warnings.push(`listeners.${name}.host ${host} is not loopback, and the profile is local`);
    }
  }
  if (profile === 'local' && !isLoopback(listeners.admin.host)) {
    warnings.push(`listeners.admin.host ${listeners.admin.host} is not loopback`);
  }
  if (profile === 'production' && (listeners.trusted_proxies ?? []).length === 0) {
    warnings.push(
      'listeners.trusted_proxies is empty: behind a proxy all clients have one address',
    );
  }
  warnings.push(...policyWarnings(raw));
  if (raw.security.accept_replica_risk) {
    warnings.push('security.accept_replica_risk: a failover of the store can lose revocations');
  }
  return [...warnings, ...redisWarnings(raw, redisSecrets)];
}

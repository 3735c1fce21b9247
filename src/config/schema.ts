import { DECISION_LOG_SCHEMA } from './schema-decision-log.js';
import { LIMITS_SCHEMA } from './limits.js';
import { POLICY_SCHEMA } from './schema-policy.js';
import { PROXY_PROTOCOL, PROXY_SETTINGS } from './proxies.js';
import { object, text, integer, flag, list, type Schema } from './schema-parts.js';

/** A single Redis by TCP, TLS or unix socket; Sentinel (`/<master name>`) and Cluster with comma-separated hosts. */
export const REDIS_SCHEMES = [
  'redis',
  'rediss',
  'unix',
  'redis+sentinel',
  'rediss+sentinel',
  'redis+cluster',
  'rediss+cluster',
] as const;

const MIB = 1024 * 1024;
const ID = '^[a-z0-9][a-z0-9._-]{0,63}$';

const allowedHosts = list('Hosts accepted beside loopback: name or name:port.', {
  type: 'string',
  pattern: '^([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$',
});

const port = (value: number): Schema =>
  integer('TCP port; 0 lets the system choose.', 0, 65535, value);

const listeners = object('Where the service listens.', {
  ...PROXY_SETTINGS,
  public: object('Agents and resource servers.', {
    host: text('Address to bind. Default: 127.0.0.1 in local, 0.0.0.0 in production.'),
    port: port(8484),
    proxy_protocol: PROXY_PROTOCOL,
  }),
  admin: object('Operators: admin API, metrics, health.', {
    host: text('Address to bind.', { default: '127.0.0.1' }),
    port: port(8485),
    proxy_protocol: PROXY_PROTOCOL,
    allowed_hosts: allowedHosts,
  }),
  sidecar: object('One agent, with no credential: loopback or unix socket only.', {
    enabled: flag('Default: true in local, false in production.'),
    host: text('A loopback address.', { default: '127.0.0.1' }),
    port: port(8486),
    socket: text('A unix socket; replaces host and port.', { maxLength: 100 }),
    agent_id: text(
      'Whoever reaches the listener is this agent. Default with the demo: demo-agent.',
      {
        pattern: ID,
      },
    ),
    allowed_hosts: allowedHosts,
  }),
});

const redis = object('The store.', {
  url: text('Single, Sentinel or Cluster. Unset: `countersign start` runs a private Redis.', {
    pattern: `^(${REDIS_SCHEMES.join('|').replaceAll('+', '\\+')})://.`,
  }),
  username: text('Redis user, when the URL names none.'),
  password_file: text('File with its password; COUNTERSIGN_REDIS_PASSWORD is the other place.'),
  sentinel: object('Login of the Sentinels themselves.', {
    username: text('User of the Sentinels.'),
    password_file: text(
      'File with their password; COUNTERSIGN_REDIS_SENTINEL_PASSWORD is the other place.',
    ),
  }),
  tls: object('TLS to every Redis and Sentinel; certificates are always verified.', {
    ca_file: text('PEM of the authorities to trust in place of the built-in ones.'),
    cert_file: text('PEM of a client certificate.'),
    key_file: text('PEM of its private key.'),
    server_name: text('Name to ask for and expect, in place of the address that is connected to.', {
      pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
    }),
  }),
  prefix: text('First part of every key.', {
    pattern: '^[a-z0-9][a-z0-9_-]{0,31}$',
    default: 'cs',
  }),
  shards: integer('Fixed at the first start; another number refuses to start.', 1, 1024, 64),
  command_timeout_ms: integer('Deadline of one Redis command.', 10, 60_000, 250),
  high_water_bytes: integer('Memory in use at which issuing stops.', 1_048_576, 2 ** 50),
});

const tokens = object('Access tokens.', {
  default_ttl_seconds: integer('Lifetime when the agent does not say.', 1, 86_400, 300),
  max_ttl_seconds: integer('No token lives longer.', 1, 86_400, 3600),
  skew_seconds: integer('How long past expiry a record is kept.', 0, 600, 30),
  signing_alg: text('Algorithm of new signing keys.', {
    enum: ['ES256', 'RS256'],
    default: 'ES256',
  }),
});

const keys = object('Signing keys.', {
  rotate_every_seconds: integer('Age at which a key is replaced.', 60, 31_536_000, 2_592_000),
  jwks_cache_seconds: integer('max-age of the JWKS.', 1, 86_400, 300),
  key_encryption_key_file: text('File with the 32-byte key that seals private keys.'),
  previous_key_encryption_key_file: text('The key before, while it is being replaced.'),
});

const principal: Schema = {
  ...object('A named admin.', {
    id: text('Name in the record.', { pattern: ID }),
    role: text('What it may do.', { enum: ['auditor', 'operator', 'admin'] }),
    token_sha256: text('Lower-case hex SHA-256 of its token.', { pattern: '^[0-9a-f]{64}$' }),
  }),
  required: ['id', 'role', 'token_sha256'],
};

const webhook: Schema = {
  ...object('An endpoint that is told of revocations and quarantines (Standard Webhooks).', {
    id: text('Name in the record.', { pattern: ID }),
    url: text('Where to POST.', { pattern: '^https?://.', format: 'uri' }),
    secret_env: text('Environment variable that holds the whsec_ secret.', {
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    }),
    secret_file: text('File that holds the whsec_ secret.'),
    events: list('Event types to send; absent: all.', { type: 'string', minLength: 1 }),
  }),
  required: ['id', 'url'],
};

const entry = (description: string): Schema => ({ type: 'object', description });

const registry = object('Agents, resources and resource servers that the file owns.', {
  revision: integer(
    'Raise it with every edit; an older file never undoes a newer one.',
    1,
    2 ** 53 - 1,
    1,
  ),
  agents: list('Agents.', entry('An agent: id, roles, grants, rate, jwks, labels.')),
  resources: list('The tool catalogue.', entry('A resource: id, audiences, scopes, limits.')),
  resource_servers: list(
    'Target APIs that introspect.',
    entry('A resource server: id, resources.'),
  ),
});

/** The one source of the configuration's shape, bounds, defaults and descriptions. */
export const CONFIG_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Countersign configuration',
  ...object('countersign.yaml', {
    profile: text('`production` refuses to start on anything unsafe.', {
      enum: ['local', 'production'],
      default: 'local',
    }),
    issuer: text('`iss` of tokens. Default: http://127.0.0.1:<public port>.', {
      pattern: '^https?://[^\\s?#]+$',
      format: 'uri',
    }),
    listeners,
    redis,
    data_dir: text('Folder for what this machine keeps.', { default: '.countersign' }),
    tokens,
    keys,
    policy: POLICY_SCHEMA,
    request: object('Each request.', {
      deadline_ms: integer('After this the answer is 503.', 50, 60_000, 2000),
    }),
    limits: LIMITS_SCHEMA,
    admin: object('The admin API.', {
      token_file: text('File with the admin token; COUNTERSIGN_ADMIN_TOKEN wins over it.'),
      principals: list('Named admins beside the holder of the admin token.', principal),
    }),
    audit: object('The record.', {
      store_path: text('The audit database. Default: <data_dir>/audit.db.'),
      jsonl_path: text('Also append events here, one JSON object a line.'),
      stdout: flag('Also print events.', false),
      inputs: text('Whether the policy input of each decision is kept, for replay.', {
        enum: ['full', 'masked', 'off'],
        default: 'full',
      }),
      input_max_bytes: integer('A larger input is not kept.', 1024, 262_144, 16_384),
      mask: list('JSON pointers into the input whose texts are kept as keyed digests.', {
        type: 'string',
        pattern: '^(/[^/]+)+$',
      }),
      retention: object('How long events are kept: what is past either bound is pruned.', {
        max_age_days: integer('Age in days; not below what replays look back.', 30, 36_500, 180),
        max_bytes: integer(
          'Bytes of the audit database in use; refusals go first, grants last.',
          64 * MIB,
          2 ** 50,
          20 * 1024 * MIB,
        ),
      }),
    }),
    decision_log: DECISION_LOG_SCHEMA,
    webhooks: list('Endpoints that are told.', webhook),
    registry,
    log: object('Logs.', {
      level: text('Least level that is written.', {
        enum: ['debug', 'info', 'warn', 'error'],
        default: 'info',
      }),
    }),
    worker: object('The worker.', {
      enabled: flag('Whether `countersign start` runs it in the same process.', true),
    }),
    security: object('Risks that somebody accepted.', {
      accept_replica_risk: flag(
        'Run on a store with replicas, where a failover can lose writes.',
        false,
      ),
    }),
  }),
};

import { DECISION_LOG_SCHEMA } from './schema-decision-log.js';
import { LIMITS_SCHEMA } from './limits.js';
import { POLICY_SCHEMA } from './schema-policy.js';
import { PROXY_PROTOCOL, PROXY_SETTINGS } from './proxies.js';
import { object, text, integer, flag, list, type Schema } from './schema-parts.js';

/**
 * URL schemes of a single Redis (TCP, TLS or unix socket), Sentinel and Cluster.
 *
 * URLs of Sentinel (`/<master name>`) and Cluster take comma-separated hosts.
 */
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

const allowedHosts = list('Accepted hosts in addition to loopback: name or name:port.', {
  type: 'string',
  pattern: '^([A-Za-z0-9_.-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?$',
});

const port = (value: number): Schema =>
  integer('TCP port; 0 lets the system choose.', 0, 65535, value);

const listeners = object('Listeners of the service.', {
  ...PROXY_SETTINGS,
  public: object('Listener for agents and resource servers.', {
    host: text('Address to bind. Default: 127.0.0.1 in local, 0.0.0.0 in production.'),
    port: port(8484),
    proxy_protocol: PROXY_PROTOCOL,
  }),
  admin: object('Listener for operators: admin API, metrics, health.', {
    host: text('Address to bind.', { default: '127.0.0.1' }),
    port: port(8485),
    proxy_protocol: PROXY_PROTOCOL,
    allowed_hosts: allowedHosts,
  }),
  sidecar: object('Listener for one agent without a credential: loopback or unix socket only.', {
    enabled: flag('Default: true in local, false in production.'),
    host: text('A loopback address.', { default: '127.0.0.1' }),
    port: port(8486),
    socket: text('A unix socket; replaces host and port.', { maxLength: 100 }),
    agent_id: text(
      'The agent that every caller of the listener acts as. Default with the demo: demo-agent.',
      {
        pattern: ID,
      },
    ),
    allowed_hosts: allowedHosts,
  }),
  probes: object(
    'Listener for probes and scrapers: health, readiness and metrics, under any Host.',
    {
      enabled: flag('Serve /healthz, /readyz and /metrics here.', false),
      host: text('Address to bind. Default: 127.0.0.1 in local, 0.0.0.0 in production.'),
      port: port(8487),
    },
  ),
});

const redis = object('The store.', {
  url: text('Single, Sentinel or Cluster. Unset: `countersign start` runs a private Redis.', {
    pattern: `^(${REDIS_SCHEMES.join('|').replaceAll('+', '\\+')})://.`,
  }),
  username: text('Redis user, unless the URL has one.'),
  password_file: text('File with the Redis password, in place of COUNTERSIGN_REDIS_PASSWORD.'),
  sentinel: object('Login of the Sentinels.', {
    username: text('User of the Sentinels.'),
    password_file: text(
      'File with the Sentinel password, in place of COUNTERSIGN_REDIS_SENTINEL_PASSWORD.',
    ),
  }),
  tls: object('TLS to every Redis and Sentinel; certificates are always verified.', {
    ca_file: text('PEM of the authorities to trust in place of the built-in ones.'),
    cert_file: text('PEM of a client certificate.'),
    key_file: text('PEM of its private key.'),
    server_name: text(
      'Server name to request (SNI) and verify, in place of the connected address.',
      {
        pattern: '^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$',
      },
    ),
  }),
  prefix: text('First part of every key.', {
    pattern: '^[a-z0-9][a-z0-9_-]{0,31}$',
    default: 'cs',
  }),
  shards: integer(
    'Number of shards, fixed at the first start. A service with another number refuses to start.',
    1,
    1024,
    64,
  ),
  command_timeout_ms: integer('Deadline of one Redis command.', 10, 60_000, 250),
  max_clock_skew_ms: integer(
    'Difference between the clocks of Redis and of this machine above which nothing is granted; at least twice `redis.command_timeout_ms` is used.',
    500,
    60_000,
    5000,
  ),
  high_water_bytes: integer('Used memory at which issuing stops.', 1_048_576, 2 ** 50),
});

const tokens = object('Access tokens.', {
  default_ttl_seconds: integer('Lifetime when the request has none.', 1, 86_400, 300),
  max_ttl_seconds: integer(
    'Longest lifetime of a token. It may change from one start to the next, in one process after another.',
    1,
    86_400,
    3600,
  ),
  skew_seconds: integer('Time that a token record is kept after expiry.', 0, 600, 30),
  signing_alg: text('Algorithm of new signing keys.', {
    enum: ['ES256', 'RS256'],
    default: 'ES256',
  }),
});

const keys = object('Signing keys.', {
  rotate_every_seconds: integer('Age at which a key is replaced.', 60, 31_536_000, 2_592_000),
  jwks_cache_seconds: integer(
    '`max-age` of the JWKS, and the time that a key is published before it signs.',
    1,
    86_400,
    300,
  ),
  key_encryption_key_file: text('File with the 32-byte key that seals private keys.'),
  previous_key_encryption_key_file: text('File with the previous key, while it is being replaced.'),
});

const TOKEN_END = text('Time from which the token is refused (RFC 3339, UTC). Default: no end.', {
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$',
});

const principal: Schema = {
  ...object('A named admin.', {
    id: text('Name in the audit record.', { pattern: ID }),
    role: text('Role.', { enum: ['auditor', 'operator', 'admin'] }),
    token_sha256: text('Lower-case hex SHA-256 of its token.', { pattern: '^[0-9a-f]{64}$' }),
    expires_at: TOKEN_END,
  }),
  required: ['id', 'role', 'token_sha256'],
};

const webhook: Schema = {
  ...object('An endpoint that receives revocations and quarantines (Standard Webhooks).', {
    id: text('Name in the audit record.', { pattern: ID }),
    url: text('URL to POST to.', { pattern: '^https?://.', format: 'uri' }),
    secret_env: text('Environment variable that holds the whsec_ secret.', {
      pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
    }),
    secret_file: text('File that holds the whsec_ secret.'),
    events: list('Event types to send. Absent: all.', { type: 'string', minLength: 1 }),
  }),
  required: ['id', 'url'],
};

const entry = (description: string): Schema => ({ type: 'object', description });

const registry = object('Agents, resources and resource servers that this file registers.', {
  revision: integer(
    'Number to raise with every edit. A file with a lower number is not applied.',
    1,
    2 ** 53 - 1,
    1,
  ),
  agents: list('Agents.', entry('An agent: id, roles, grants, rate, jwks, labels.')),
  resources: list('The tool catalogue.', entry('A resource: id, audiences, scopes, limits.')),
  resource_servers: list(
    'Target APIs that introspect tokens.',
    entry('A resource server: id, resources.'),
  ),
});

/** The single source of the configuration's shape, bounds, defaults and descriptions. */
export const CONFIG_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Countersign configuration',
  ...object('countersign.yaml', {
    profile: text('`production` refuses to start on unsafe settings.', {
      enum: ['local', 'production'],
      default: 'local',
    }),
    issuer: text('`iss` of tokens. Default: URL of the public listener, seen from this machine.', {
      pattern: '^https?://[^\\s?#]+$',
      format: 'uri',
    }),
    listeners,
    redis,
    data_dir: text('Folder for files of this machine.', { default: '.countersign' }),
    tokens,
    keys,
    policy: POLICY_SCHEMA,
    request: object('Limits of each request.', {
      deadline_ms: integer('Time after which the answer is 503.', 50, 60_000, 2000),
    }),
    limits: LIMITS_SCHEMA,
    admin: object('The admin API.', {
      token_file: text('File with the admin token. COUNTERSIGN_ADMIN_TOKEN takes precedence.'),
      token_expires_at: TOKEN_END,
      principals: list('Named admins, in addition to the holder of the admin token.', principal),
    }),
    audit: object('The audit record.', {
      store_path: text('The audit database. Default: <data_dir>/audit.db.'),
      jsonl_path: text('File to append events to, one JSON object per line.'),
      stdout: flag('Also print events on standard output.', false),
      inputs: text('How the policy input of each decision is kept, for replay.', {
        enum: ['full', 'masked', 'off'],
        default: 'full',
      }),
      input_max_bytes: integer(
        'An input that is larger without its request is not kept.',
        1024,
        262_144,
        16_384,
      ),
      mask: list(
        'JSON pointers to texts that are kept as keyed digests; needs `masked`. Default: every declared member.',
        {
          type: 'string',
          pattern: '^(/[^/]+)+$',
        },
      ),
      retention: object('Bounds of the audit record: events past either bound are pruned.', {
        max_age_days: integer('Age in days after which an event is pruned.', 30, 36_500, 180),
        max_bytes: integer(
          'Used bytes of the audit database. Above it, refusals are pruned first and grants last.',
          64 * MIB,
          2 ** 50,
          20 * 1024 * MIB,
        ),
      }),
    }),
    decision_log: DECISION_LOG_SCHEMA,
    webhooks: list(
      'Endpoints that receive revocations and quarantines, signed by Standard Webhooks.',
      webhook,
    ),
    registry,
    log: object('Logs.', {
      level: text('Lowest level that is written.', {
        enum: ['debug', 'info', 'warn', 'error'],
        default: 'info',
      }),
    }),
    worker: object('The worker.', {
      enabled: flag('Run the worker in the process of `countersign start`.', true),
    }),
    security: object('Accepted risks, and the clocks of agents.', {
      assertion_max_ahead_seconds: integer(
        'How far ahead of the clock of Redis a client assertion may be issued. For as long after each start of Redis, assertions are answered 503.',
        0,
        30,
        5,
      ),
      accept_replica_risk: flag(
        'Run on a store with replicas, where a failover can lose writes.',
        false,
      ),
    }),
  }),
};

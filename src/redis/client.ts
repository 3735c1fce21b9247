import { Cluster, Redis, type RedisOptions } from 'ioredis';

export type RedisClient = Redis | Cluster;

interface Host {
  readonly host: string;
  readonly port: number;
}

type Credentials = Pick<RedisOptions, 'username' | 'password' | 'tls'>;

export interface ClientOptions {
  /** A command unanswered for this long fails; it may still have run. */
  readonly commandTimeoutMs: number;
  readonly name: string;
  readonly onError: (error: Error) => void;
}

/** Where the state is: one server, Sentinel or Cluster. */
export type RedisTarget =
  | {
      readonly kind: 'single';
      readonly address: (Host & { readonly db?: number }) | { readonly path: string };
      readonly credentials: Credentials;
    }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly Host[];
      readonly primary: string;
      readonly credentials: Credentials;
    }
  | {
      readonly kind: 'cluster';
      readonly nodes: readonly Host[];
      readonly credentials: Credentials;
    };

/**
 * Reads `redis://`, `rediss://`, `unix:///path`, `redis+sentinel://host:port,host:port/name` and
 * `redis+cluster://host:port,…` (`rediss+…` for TLS). Throws with what is wrong; the text never holds the password.
 */
export function parseRedisUrl(text: string): RedisTarget {
  if (text.startsWith('unix://')) {
    const path = decodeURIComponent(text.slice('unix://'.length));
    return { kind: 'single', address: { path }, credentials: {} };
  }
  const match =
    /^(rediss?)(\+sentinel|\+cluster)?:\/\/(?:([^:@/]*):([^@/]*)@)?([^/?#]+)(?:\/([^/?#]*))?$/.exec(
      text,
    );
  if (match === null) throw new Error('not a Redis URL of a kind that is supported');
  const [, scheme, topology, user, password, hosts = '', path = ''] = match;
  const credentials: Credentials = {
    ...(user ? { username: decodeURIComponent(user) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(scheme === 'rediss' ? { tls: {} } : {}),
  };
  const nodes = hosts.split(',').map(parseHost);
  if (topology === '+cluster') return { kind: 'cluster', nodes, credentials };
  if (topology === '+sentinel') {
    if (path === '')
      throw new Error('a Sentinel URL names the primary: redis+sentinel://host:port/name');
    return { kind: 'sentinel', sentinels: nodes, primary: path, credentials };
  }
  const [first] = nodes;
  if (nodes.length !== 1 || first === undefined) throw new Error('a redis:// URL names one server');
  if (!/^\d*$/.test(path)) throw new Error('the path of a redis:// URL is a database number');
  return {
    kind: 'single',
    address: path === '' ? first : { ...first, db: Number(path) },
    credentials,
  };
}

function parseHost(text: string): Host {
  const match = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  if (match?.[1] === undefined) throw new Error('a host in the Redis URL is malformed');
  return { host: match[1].replace(/^\[|\]$/g, ''), port: Number(match[2] ?? '6379') };
}

/**
 * A client that never sends a command twice and never queues one while the server is away: the defaults of
 * ioredis would run a non-idempotent script again after a dropped connection.
 */
export function connectRedis(target: RedisTarget, options: ClientOptions): RedisClient {
  const safe = {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.commandTimeoutMs,
    connectTimeout: 2000,
    connectionName: options.name,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 1000),
    reconnectOnError: () => false,
    failoverDetector: true,
    // Commands of one turn of the event loop go out in one write; each still fails or succeeds by itself.
    enableAutoPipelining: target.kind === 'single',
    lazyConnect: true,
  } as const;
  const cluster = {
    enableOfflineQueue: false,
    retryDelayOnFailover: 0,
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 0,
    maxRedirections: 4,
    scaleReads: 'master',
    lazyConnect: true,
  } as const;
  return watched(open(target, safe, cluster), options.onError);
}

/** A connection of BullMQ's own: it blocks, and waits for the server as long as it takes. */
export function connectQueueRedis(
  target: RedisTarget,
  onError: (error: Error) => void,
): RedisClient {
  return watched(open(target, { maxRetriesPerRequest: null }, {}), onError);
}

function open(
  target: RedisTarget,
  redis: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>>,
): RedisClient {
  const options = { ...redis, ...target.credentials };
  switch (target.kind) {
    case 'single':
      return new Redis({ ...options, ...target.address });
    case 'sentinel':
      return new Redis({ ...options, sentinels: [...target.sentinels], name: target.primary });
    case 'cluster':
      return new Cluster([...target.nodes], { ...cluster, redisOptions: options });
  }
}

function watched(client: RedisClient, onError: (error: Error) => void): RedisClient {
  client.on('error', onError);
  return client;
}

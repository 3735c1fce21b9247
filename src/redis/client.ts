import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { hostPort } from '../domain/host-port.js';
import { primaryConnector, serverConnector } from './connectors.js';
import { causeOf } from './failure.js';
import { refuseClearText, type RedisTarget } from './target.js';

export type RedisClient = Redis | Cluster;

/** A connection that failed. */
export interface ConnectionFailure {
  /** `host:port` or the path of the socket; undefined when the client does not say which. */
  readonly address: string | undefined;
  /** Never holds a password. */
  readonly cause: string;
}

type Options = Pick<RedisOptions, 'username' | 'password' | 'tls' | 'Connector'>;

export type OnFailure = (failure: ConnectionFailure) => void;

export interface ClientOptions {
  /** A command unanswered for this long fails; it may still have run. */
  readonly commandTimeoutMs: number;
  readonly name: string;
  readonly onFailure: OnFailure;
}

/** Longest wait for a TCP or TLS connection. */
const CONNECT_TIMEOUT_MS = 2000;
/** Longest wait for an answer of a Sentinel. */
const SENTINEL_TIMEOUT_MS = 2000;
/** Longest wait for the map of a Cluster from one node. */
const SLOTS_TIMEOUT_MS = 2000;

/**
 * Connects a client that never sends a command twice and never queues one while the server is away.
 * The defaults of ioredis would run a non-idempotent script again after a dropped connection.
 */
export function connectRedis(target: RedisTarget, options: ClientOptions): RedisClient {
  const safe = {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: options.commandTimeoutMs,
    connectTimeout: CONNECT_TIMEOUT_MS,
    connectionName: options.name,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 1000),
    reconnectOnError: leaveReplica(),
    failoverDetector: true,
    // Commands of one turn of the event loop share one write; each still fails or succeeds separately.
    enableAutoPipelining: target.topology === 'single',
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
  return watched(open(target, safe, cluster), target, options.onFailure);
}

/** Refusals of one batch that leave the server once, in milliseconds; shorter than the pause before a connection. */
const ONE_BATCH_MS = 40;

/**
 * Returns the rule that connects again when the server has become a replica.
 * A stable address may lead to the new primary by then. The value 1 connects without sending the refused command again;
 * with 2, a write could run twice.
 */
function leaveReplica(): (error: Error) => 1 | false {
  let leftAtMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    if (!/^(?:READONLY|MASTERDOWN)\b/.test(message)) return false;
    if (performance.now() - leftAtMs < ONE_BATCH_MS) return false;
    leftAtMs = performance.now();
    return 1;
  };
}

/** Connects a client for BullMQ, which blocks and retries without a limit. */
export function connectQueueRedis(target: RedisTarget, onFailure: OnFailure): RedisClient {
  const options = { maxRetriesPerRequest: null, reconnectOnError: leaveReplica() };
  return watched(open(target, options, {}), target, onFailure);
}

/** Returns the options of every connection to a data server: login, connector, TLS. */
export function serverOptions(target: RedisTarget): Options {
  const { login, tlsOptions } = target;
  const Connector = serverConnector(target);
  return { ...login, Connector, ...(tlsOptions === undefined ? {} : { tls: tlsOptions }) };
}

/** Returns the options of every connection to a Sentinel. */
export function sentinelOptions(target: RedisTarget): Options {
  return { ...serverOptions({ ...target, login: {} }), ...target.sentinelLogin };
}

function open(
  target: RedisTarget,
  redis: Readonly<Record<string, unknown>>,
  cluster: Readonly<Record<string, unknown>>,
): RedisClient {
  for (const { host } of target.hosts) refuseClearText(target, host);
  const options = { ...redis, ...serverOptions(target) };
  switch (target.topology) {
    case 'single':
      return new Redis({ ...options, ...singleAddress(target) });
    case 'sentinel':
      return new Redis({ ...options, ...throughSentinel(target) });
    case 'cluster':
      return new Cluster([...target.hosts], {
        slotsRefreshTimeout: SLOTS_TIMEOUT_MS,
        ...cluster,
        // Skip name resolution: a certificate is checked against the configured name, not the resolved address.
        dnsLookup: (address, done) => {
          done(null, address);
        },
        redisOptions: options,
      });
  }
}

function singleAddress({
  socket,
  hosts,
  db,
}: RedisTarget): Pick<RedisOptions, 'path' | 'host' | 'port' | 'db'> {
  if (socket !== undefined) return { path: socket };
  return { ...hosts[0], ...(db === undefined ? {} : { db }) };
}

function throughSentinel(target: RedisTarget): Omit<RedisOptions, 'replyMapping'> {
  const { username, password, tls } = sentinelOptions(target);
  return {
    Connector: primaryConnector(target),
    sentinels: [...target.hosts],
    ...(target.primary === undefined ? {} : { name: target.primary }),
    ...(username === undefined ? {} : { sentinelUsername: username }),
    ...(password === undefined ? {} : { sentinelPassword: password }),
    // Without the flag ioredis would speak clear text to the primary even though `tls` is set.
    ...(tls === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: tls }),
    sentinelCommandTimeout: SENTINEL_TIMEOUT_MS,
    // Used as a hook, not as a map: the client passes every address that a Sentinel names.
    natMap: (address) => {
      refuseClearText(target, address.slice(0, address.lastIndexOf(':')));
      return null;
    },
  };
}

function watched(client: RedisClient, target: RedisTarget, onFailure: OnFailure): RedisClient {
  const [only, ...others] = addressesOf(target);
  const single = target.topology === 'single' && others.length === 0 ? only : undefined;
  client.on('error', (error: Error) => {
    onFailure({ address: single, cause: causeOf(error) });
  });
  client.on('node error', (error: Error, address: string) => {
    onFailure({ address, cause: causeOf(error) });
  });
  return client;
}

/** Returns the addresses of the URL in readable form. */
export function addressesOf({ socket, hosts }: RedisTarget): string[] {
  return socket === undefined ? hosts.map(addressOf) : [socket];
}

/** Returns `host:port`, with brackets around an IPv6 address. */
export function addressOf({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): string {
  return hostPort(host, port);
}

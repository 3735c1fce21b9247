/** A host and a TCP port; an IPv6 address has no brackets. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

export interface Login {
  readonly username?: string;
  readonly password?: string;
}

/** The content of a Redis URL. */
export interface RedisUrl {
  readonly topology: 'single' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** A unix socket; the hosts are then empty. */
  readonly socket?: string;
  /** The server, every Sentinel, or the seed nodes of a Cluster. */
  readonly hosts: readonly Host[];
  readonly db?: number;
  /** The name of the primary in Sentinel. */
  readonly primary?: string;
  /** Login of the data servers. */
  readonly login: Login;
  /** Login of the Sentinels. */
  readonly sentinelLogin: Login;
}

const FORM =
  /^(rediss?)(\+sentinel|\+cluster)?:\/\/(?:([^:@/]*):([^@/]*)@)?([^/?#@]+)(?:\/([^/?#]*))?(?:\?([^#]*))?$/;

/**
 * Parses a Redis URL.
 * Kinds: `redis://`, `rediss://`, `unix:///path`, `redis+sentinel://host:port,host:port/name` and
 * `redis+cluster://host:port,…` (`rediss+…` for TLS). `user:password@` goes before the hosts; the login of the
 * Sentinels is `?sentinel_username=…&sentinel_password=…`. Throws on a malformed URL; the message never holds a
 * password.
 */
export function parseRedisUrl(text: string): RedisUrl {
  if (text.startsWith('unix://')) {
    const socket = decoded(text.slice('unix://'.length));
    return { topology: 'single', tls: false, socket, hosts: [], login: {}, sentinelLogin: {} };
  }
  const match = FORM.exec(text);
  if (match === null) throw new Error('not a supported kind of Redis URL');
  const [, scheme, kind, user = '', password = '', names = '', path = '', query] = match;
  const topology = kind === '+sentinel' ? 'sentinel' : kind === '+cluster' ? 'cluster' : 'single';
  const hosts = names.split(',').map(parseHost);
  checkPath(topology, path, hosts.length);
  return {
    topology,
    tls: scheme === 'rediss',
    hosts,
    ...(topology === 'single' && path !== '' ? { db: Number(path) } : {}),
    ...(topology === 'sentinel' ? { primary: decoded(path) } : {}),
    login: loginOf(decoded(user), decoded(password)),
    sentinelLogin: sentinelLoginOf(topology, query),
  };
}

/** Returns the URL of a unix socket; the inverse of `parseRedisUrl`, which decodes percent-encoding. */
export function socketUrl(path: string): string {
  return `unix://${path.replaceAll('%', '%25')}`;
}

function checkPath(topology: RedisUrl['topology'], path: string, hosts: number): void {
  if (topology === 'sentinel' && path === '') {
    throw new Error('a Sentinel URL names the primary: redis+sentinel://host:port/name');
  }
  if (topology === 'single' && hosts !== 1) throw new Error('a redis:// URL names one server');
  if (topology === 'single' && !/^\d*$/.test(path)) {
    throw new Error('the path of a redis:// URL is a database number');
  }
  if (topology === 'cluster' && path !== '') {
    throw new Error('a Cluster URL has no path: a Cluster has one database');
  }
}

function parseHost(text: string): Host {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[2] ?? '6379');
  if (match?.[1] === undefined || port < 1 || port > 65_535) {
    throw new Error('a host in the Redis URL is malformed');
  }
  return { host: match[1].replace(/^\[|\]$/g, ''), port };
}

function sentinelLoginOf(topology: RedisUrl['topology'], query: string | undefined): Login {
  if (query === undefined || query === '') return {};
  const given = new URLSearchParams(query);
  const known = ['sentinel_username', 'sentinel_password'];
  if (topology !== 'sentinel' || [...given.keys()].some((key) => !known.includes(key))) {
    throw new Error(
      'a Redis URL takes no parameters except sentinel_username and sentinel_password for Sentinel',
    );
  }
  const [username, password] = known.map((key) => given.get(key) ?? '');
  return loginOf(username, password);
}

function loginOf(username = '', password = ''): Login {
  return {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error('a part of the Redis URL is not correctly percent-encoded');
  }
}

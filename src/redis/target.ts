import { identityCheck, type TlsFiles } from './tls.js';
import type { ConnectionOptions } from 'node:tls';
import type { Login, RedisUrl } from './url.js';

/** The settings that complement a Redis URL. */
export interface RedisAccess {
  /** Overrides the login of the URL, member by member. */
  readonly login?: Login;
  readonly sentinelLogin?: Login;
  readonly tls?: TlsFiles;
  /** Hosts to which clear text is allowed; absent: all of them. */
  readonly clearTextTo?: (host: string) => boolean;
}

/** The location of the state, with the settings of every connection to it. */
export interface RedisTarget extends RedisUrl {
  /** Undefined: clear text. */
  readonly tlsOptions: ConnectionOptions | undefined;
  readonly clearTextTo: (host: string) => boolean;
}

/** Joins a Redis URL and the settings. A TLS target always verifies certificates. */
export function targetOf(url: RedisUrl, access: RedisAccess = {}): RedisTarget {
  const { login, sentinelLogin, tls = {}, clearTextTo = () => true } = access;
  const names = url.hosts.map(({ host }) => host);
  return {
    ...url,
    login: { ...url.login, ...login },
    sentinelLogin: { ...url.sentinelLogin, ...sentinelLogin },
    tlsOptions: url.tls ? tlsOptionsOf(tls, names) : undefined,
    clearTextTo,
  };
}

function tlsOptionsOf(files: TlsFiles, names: readonly string[]): ConnectionOptions {
  const { ca, cert, privateKey, serverName } = files;
  return {
    // Explicit, since NODE_TLS_REJECT_UNAUTHORIZED would turn the default off.
    rejectUnauthorized: true,
    checkServerIdentity: identityCheck(names),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(privateKey === undefined ? {} : { key: privateKey }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

/**
 * Throws when the target uses clear text and the host does not allow it.
 * Called for every address: those of the URL, and those that a Sentinel or a Cluster names later.
 */
export function refuseClearText(target: RedisTarget, host: string): void {
  if (target.tlsOptions !== undefined || target.clearTextTo(host)) return;
  throw new Error(`refused: ${host} is not on this machine, and redis.url is not TLS (rediss)`);
}

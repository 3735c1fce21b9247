import { askRedis } from '../../src/redis/private/ask.js';
import { tlsDirectives, type TestCertificates } from './certificates.js';
import { freePort, startRedis, type TestRedis } from './redis.js';

/** A Redis with a password that listens with TLS on a port of 127.0.0.1, and on its socket. */
export interface TlsRedis {
  readonly server: TestRedis;
  readonly port: number;
}

/** Starts one; `args` are directives in addition to those of TLS. */
export async function startTlsRedis(
  certificates: TestCertificates,
  password: string,
  args: readonly string[] = [],
): Promise<TlsRedis> {
  const port = await freePort();
  const server = await startRedis({ args: [...tlsDirectives(port, certificates), ...args] });
  await askRedis({ path: server.socket }, ['CONFIG', 'SET', 'requirepass', password]);
  return { server, port };
}

import { askOnce } from '../ask-once.js';

/** The address of a Redis: a unix socket or a TCP port of this machine. */
export type RedisAddress = { readonly path: string } | { readonly port: number };

/**
 * Sends one command over a separate connection and returns the text of the reply.
 * That is the string of a simple or bulk reply, or the digits of an integer. Throws when no server listens, on an
 * error reply, on any other reply type, and after `timeoutMs`.
 */
export async function askRedis(
  address: RedisAddress,
  [name = '', ...args]: readonly string[],
  timeoutMs = 1000,
): Promise<string> {
  // RESP2 needs no HELLO: the command is the first and only one on the connection.
  const options = { host: '127.0.0.1', ...address, protocol: 2 } as const;
  const reply = await askOnce(options, timeoutMs, (client) => client.call(name, ...args));
  if (reply === null) return '';
  if (typeof reply === 'string' || typeof reply === 'number') return String(reply);
  throw new Error(`unexpected reply to ${name}`);
}

import { Redis, type RedisOptions } from 'ioredis';
import { Late, within } from '../domain/deadline.js';
import { saysLittle } from './failure.js';

/** Options of a connection that serves one command and never retries. */
const ONCE = {
  lazyConnect: true,
  retryStrategy: null,
  maxRetriesPerRequest: 0,
  enableReadyCheck: false,
  disableClientInfo: true,
  disconnectTimeout: 100,
} as const;

/**
 * Sends one command over a separate connection, within `timeoutMs`, and closes the connection.
 * Throws the error reply, Late, or the first error of the connection.
 */
export async function askOnce(
  options: Omit<RedisOptions, 'replyMapping'>,
  timeoutMs: number,
  question: (client: Redis) => Promise<unknown>,
): Promise<unknown> {
  const client = new Redis({ ...options, ...ONCE, connectTimeout: timeoutMs });
  let first: Error | undefined;
  client.on('error', (error: Error) => (first ??= error));
  try {
    return await within(timeoutMs, question(client));
  } catch (error) {
    throw first !== undefined && (saysLittle(error) || error instanceof Late) ? first : error;
  } finally {
    client.disconnect();
  }
}

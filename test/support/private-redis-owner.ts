import { startPrivateRedis } from '../../src/redis/private/start.js';

/**
 * A process that owns the private Redis of the folder named on its command line, until it is killed. It says
 * the server's pid on its first line, or `refused: <code>`.
 */
const dataDir = process.argv[2] ?? '';
const silent = { info: () => undefined, error: () => undefined };
try {
  const redis = await startPrivateRedis({ dataDir, log: silent });
  process.stdout.write(`${redis.pid}\n`);
  process.stdin.on('end', () => void redis.stop()).resume();
} catch (error) {
  process.stdout.write(`refused: ${(error as { code: string }).code}\n`);
}

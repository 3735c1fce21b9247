import type { Config } from '../config/config.js';
import type { Cli } from './define.js';
import { usage } from './failure.js';
import { runHost } from './host.js';
import { startService } from './service.js';

/** Runs `countersign serve`: the listeners without a worker. */
export async function serve(cli: Cli): Promise<void> {
  await runHost(cli, { logFd: 1 }, async (host) => {
    requireRedis(host.config);
    await startService(cli, host, host.config);
  });
}

export function requireRedis(config: Config): void {
  if (config.redis.url !== undefined) return;
  throw usage('set COUNTERSIGN_REDIS_URL; only `countersign start` runs a private Redis');
}

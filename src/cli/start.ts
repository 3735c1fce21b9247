import type { Config } from '../config/config.js';
import { welcome } from './banner.js';
import type { Cli } from './define.js';
import { runHost, type Host } from './host.js';
import { startService, startWorker } from './service.js';

/**
 * Runs `countersign start`: the service and the worker, with a private Redis if none is configured.
 * Ends with its terminal (SIGHUP).
 */
export async function start(cli: Cli): Promise<void> {
  await runHost(cli, { logFd: 2, hangup: 'close' }, async (host) => {
    const config = await withRedis(cli, host);
    const { running, demoFile } = await startService(cli, host, config);
    if (config.worker.enabled) await startWorker(cli, host, config);
    if (host.lifecycle.closing) return;
    cli.terminal.out(welcome({ config, running, demoFile, secrets: host.secrets }));
  });
}

/** Returns the configuration with the URL of a Redis: the configured one, else one started here. */
async function withRedis(cli: Cli, { config, log, lifecycle, fail }: Host): Promise<Config> {
  if (config.redis.url !== undefined) return config;
  const { dataDir } = config;
  const redis = await cli.runtime.startPrivateRedis({
    dataDir,
    log,
    stopping: lifecycle.stopping,
    onLost: fail,
  });
  lifecycle.onClose('private redis', async () => {
    await redis.stop();
  });
  return Object.freeze({ ...config, redis: Object.freeze({ ...config.redis, url: redis.url }) });
}

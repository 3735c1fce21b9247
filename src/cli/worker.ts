import type { Cli } from './define.js';
import { runHost } from './host.js';
import { requireRedis } from './serve.js';
import { startWorker } from './service.js';

/** Runs `countersign worker`: the background jobs, which the service survives without for a while. */
export async function work(cli: Cli): Promise<void> {
  await runHost(cli, { logFd: 1 }, async (host) => {
    requireRedis(host.config);
    await startWorker(cli, host, host.config);
  });
}

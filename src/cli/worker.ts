import type { Cli } from './define.js';
import { runHost } from './host.js';
import { requireRedis } from './serve.js';
import { startWorker } from './service.js';

/** `countersign worker`: the jobs; the service does without them for a while. */
export async function work(cli: Cli): Promise<void> {
  await runHost(cli, { logFd: 1 }, async (host) => {
    requireRedis(host.config);
    await startWorker(cli, host, host.config);
  });
}

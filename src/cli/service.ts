import type { Config } from '../config/config.js';
import { writeDemoFile } from '../config/demo-file.js';
import type { Cli } from './define.js';
import type { Host } from './host.js';
import type { RunningService } from '../process/runner.js';

/** Starts the service and registers its shutdown; in the local profile also writes the demo file. */
export async function startService(
  cli: Cli,
  host: Host,
  config: Config,
): Promise<{ readonly running: RunningService; readonly demoFile: string | undefined }> {
  const runner = await cli.runtime.loadRunner();
  const running = await runner.serve(config, host);
  host.lifecycle.onClose('service', () => running.close());
  const { publicUrl, adminUrl, sidecarUrl, probesUrl, demo } = running;
  const urls = { publicUrl, adminUrl, sidecarUrl, probesUrl };
  host.log.info({ ...urls, profile: config.profile }, 'serving');
  const { adminToken } = host.secrets;
  if (demo === undefined || adminToken === undefined) return { running, demoFile: undefined };
  const demoFile = await writeDemoFile(config.dataDir, {
    public_url: publicUrl,
    admin_url: adminUrl,
    sidecar_url: sidecarUrl ?? '',
    admin_token: adminToken,
    agent: demo.agent,
    resource_server: demo.resource_server,
  });
  return { running, demoFile };
}

/** Starts the worker and registers its shutdown. */
export async function startWorker(cli: Cli, host: Host, config: Config): Promise<void> {
  const runner = await cli.runtime.loadRunner();
  const worker = await runner.worker(config, host);
  host.lifecycle.onClose('worker', () => worker.close());
  host.log.info({}, 'working');
}

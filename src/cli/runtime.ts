import { openLogOutput } from '../telemetry/log-output.js';
import { mintSecret } from '../registry/secret.js';
import type { Runtime } from './ports.js';
import type { Runner } from '../process/runner.js';
import { outliveReader } from './standard-output.js';

/** The real parts. They are loaded when a command runs them, so that the others start fast. */
export function processRuntime(): Runtime {
  return {
    loadRunner: async () => {
      const { runner } = await import('../app/runner.js');
      return runner satisfies Runner;
    },
    startPrivateRedis: async (options) => {
      const { startPrivateRedis } = await import('../redis/private/start.js');
      return startPrivateRedis(options);
    },
    openLog: (fd) => {
      outliveReader();
      return openLogOutput(fd);
    },
    askRedis: async (config) => {
      const { askRedis } = await import('../app/redis-target.js');
      return askRedis(config);
    },
    mintAdminToken: () => mintSecret('admin').secret,
    signals: process,
    exit: (code) => process.exit(code),
  };
}

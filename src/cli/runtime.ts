import type { Runtime } from './ports.js';
import type { Runner } from '../process/runner.js';
import { outliveReader } from './standard-output.js';

/** Creates the real runtime. Its parts load on demand, so that other commands start fast. */
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
    openLog: async (fd) => {
      const { openLogOutput } = await import('../telemetry/log-output.js');
      outliveReader();
      return openLogOutput(fd);
    },
    askRedis: async (config) => {
      const { askRedis } = await import('../app/redis-target.js');
      return askRedis(config);
    },
    mintAdminToken: async () => {
      const { mintSecret } = await import('../registry/secret.js');
      return mintSecret('admin').secret;
    },
    signals: process,
    exit: (code) => process.exit(code),
  };
}

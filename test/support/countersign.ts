import { serveWith } from '../../src/app/service.js';
import { runCommandLine } from '../../src/cli/run.js';
import { processRuntime } from '../../src/cli/runtime.js';
import { endWithReader, exitOnceWritten } from '../../src/cli/standard-output.js';
import { processTerminal } from '../../src/cli/terminal.js';
import type { Runner } from '../../src/process/runner.js';
import { readScripts } from '../../src/redis/scripts.js';
import { rememberedAdmission } from './remembered-admission.js';

/** The runner of `src/main`, whose service does not try a bundle that passed in another process of the run. */
const runner: Runner = {
  serve: (config, hooks) =>
    serveWith({ scripts: readScripts(), admission: rememberedAdmission }, config, hooks),
  worker: async (config, hooks) => (await import('../../src/app/worker.js')).work(config, hooks),
};
const runtime = { ...processRuntime(), loadRunner: () => Promise.resolve(runner) };

endWithReader();
await exitOnceWritten(await runCommandLine(process.argv.slice(2), processTerminal(), runtime));

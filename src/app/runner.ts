import type { Runner } from '../process/runner.js';
import { serve } from './service.js';

/** The composition root: the only place, with the folder beside it, that knows every part. */
export const runner: Runner = {
  serve,
  // Loaded by who runs it only: the queues and the database take memory a service has no use for.
  worker: async (config, hooks) => (await import('./worker.js')).work(config, hooks),
};

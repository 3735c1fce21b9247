import type { Runner } from '../process/runner.js';
import { serve } from './service.js';

/** The composition root: only this folder knows every part. */
export const runner: Runner = {
  serve,
  // Loaded on demand: the queues and the database take memory that a service does not need.
  worker: async (config, hooks) => (await import('./worker.js')).work(config, hooks),
};

import type { Runner } from '../process/runner.js';
import { useOutboundProxy } from './outbound-proxy.js';
import { serve } from './service.js';

/** The composition root: only this folder knows every part. */
export const runner: Runner = {
  serve: async (config, hooks) => {
    await useOutboundProxy(hooks.log);
    return serve(config, hooks);
  },
  // Loaded on demand: the queues and the database take memory that a service does not need.
  worker: async (config, hooks) => {
    await useOutboundProxy(hooks.log);
    const { work } = await import('./worker.js');
    return work(config, hooks);
  },
};

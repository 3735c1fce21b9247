import type { Runner } from './cli/ports.js';
import { serve } from './app/service.js';
import { work } from './app/worker.js';

/** The composition root: the only place, with the folder beside it, that knows every part. */
export const runner: Runner = { serve, worker: work };

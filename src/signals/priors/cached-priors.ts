import type { Logger } from '../../domain/logger.js';
import type { PriorStore, SignalPriors } from '../../domain/signal-ports.js';
import { DEFAULT_PRIOR } from '../../domain/signals.js';
import { parsePriors, type LearnedPrior } from './document.js';

/** The fleet's priors in this process, as of the last read. */
export interface CachedPriors extends SignalPriors {
  /** Reads the priors. Throws when the store is unreachable, and keeps the old ones. */
  refresh(): Promise<void>;
}

/** Returns defaults until the first read, and for every class without a learned prior. */
export function createCachedPriors(
  store: Pick<PriorStore, 'read'>,
  log: Pick<Logger, 'warn'>,
): CachedPriors {
  let text: string | undefined;
  let classes: ReadonlyMap<string, LearnedPrior> = new Map();
  return {
    of: (agentClass) => classes.get(agentClass)?.prior ?? DEFAULT_PRIOR,
    async refresh() {
      const found = await store.read();
      if (found === text) return;
      text = found;
      const parsed = found === undefined ? new Map<string, LearnedPrior>() : parsePriors(found);
      if (parsed === undefined) {
        log.warn({}, 'fleet priors unreadable; new agents use the defaults');
      }
      classes = parsed ?? new Map<string, LearnedPrior>();
    },
  };
}

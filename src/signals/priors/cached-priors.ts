import type { Logger } from '../../domain/logger.js';
import type { PriorStore, SignalPriors } from '../../domain/signal-ports.js';
import { DEFAULT_PRIOR } from '../../domain/signals.js';
import { parsePriors, type LearnedPrior } from './document.js';

/** The fleet's priors in this process, as they were read last. */
export interface CachedPriors extends SignalPriors {
  /** Reads them again. Throws when the store cannot be reached: what was read before stays. */
  refresh(): Promise<void>;
}

/** Defaults until they were read, and for every class that nothing was learned of. */
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
        log.warn({}, 'the fleet priors cannot be read; new agents are measured by the defaults');
      }
      classes = parsed ?? new Map<string, LearnedPrior>();
    },
  };
}

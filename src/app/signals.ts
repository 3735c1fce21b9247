import { createSignalOperations, type SignalOperations } from '../use-cases/admin/signals.js';
import { systemClock } from '../domain/clock.js';
import type { StoreContext } from '../redis/context.js';
import { createAgentStore } from '../redis/stores/agent-store.js';
import { createPriorStore } from '../redis/stores/prior-store.js';
import { createSignalReader } from '../redis/stores/signal-reader.js';
import { learnPriors } from '../signals/priors/learn.js';
import type { Parts } from './parts.js';

/** Creates the operations that read the stored state of agents. */
export function signalOperations(parts: Parts): SignalOperations {
  return createSignalOperations({
    agents: parts.agentStore,
    reader: parts.signalReader,
    historyFor: (principal) => parts.auditReader.of(principal),
    clock: systemClock,
  });
}

/** Returns the job that learns the usual behaviour of each class. */
export function priorLearner(context: StoreContext): (stopping: AbortSignal) => Promise<number> {
  const deps = {
    store: createPriorStore(context),
    agents: createAgentStore(context),
    reader: createSignalReader(context),
    shards: context.shards,
    clock: systemClock,
    random: Math.random,
  };
  return (stopping) => learnPriors({ ...deps, stopping });
}

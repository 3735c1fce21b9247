import { createSignalOperations, type SignalOperations } from '../authorize/admin/signals.js';
import { systemClock } from '../domain/clock.js';
import type { Parts } from './parts.js';

/** Looking at what is kept of agents, over the parts. */
export function signalOperations(parts: Parts): SignalOperations {
  return createSignalOperations({
    agents: parts.agentStore,
    reader: parts.signalReader,
    history: parts.auditReader,
    clock: systemClock,
  });
}

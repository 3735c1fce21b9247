import type { Clock } from '../../domain/clock.js';
import type { Logger } from '../../domain/logger.js';
import { DEFAULT_CLASS } from '../../domain/records.js';
import type { SignalTerm } from '../../domain/signals.js';
import type { OnGathered } from './attempt.js';

export interface SignalWatchDeps {
  readonly metrics: {
    signals(observation: {
      readonly agentClass: string;
      readonly anomaly: number;
      readonly learning: boolean;
      readonly terms: readonly SignalTerm[];
    }): void;
    signalsRebuilt(reason: string): void;
  };
  readonly log: Pick<Logger, 'warn'>;
  readonly clock: Clock;
}

const MINUTE_MS = 60_000;
/** Maximum number of agents in a minute's log; further ones are only counted. */
const MAX_NAMED = 1_000;

/** Reports each gather to the metrics, and each state reset to the log: once an agent and minute. */
export function createSignalWatch({ metrics, log, clock }: SignalWatchDeps): OnGathered {
  const named = new Set<string>();
  let minute = 0;
  const tell = (agentId: string, reason: string): void => {
    const now = Math.floor(clock.nowMs() / MINUTE_MS);
    if (now !== minute) named.clear();
    minute = now;
    if (named.has(agentId) || named.size >= MAX_NAMED) return;
    named.add(agentId);
    log.warn({ agentId, reason }, 'agent signal state unreadable; reset');
  };
  return ({ spec }, { signals, rebuilt }) => {
    const { anomaly, learning, terms } = signals;
    metrics.signals({ agentClass: spec.class ?? DEFAULT_CLASS, anomaly, learning, terms });
    if (rebuilt === undefined) return;
    metrics.signalsRebuilt(rebuilt);
    tell(spec.id, rebuilt);
  };
}

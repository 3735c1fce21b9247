import { Counter, Histogram, type Registry } from 'prom-client';
import type { SignalTerm } from '../domain/signals.js';

/** What is told of one counted request. */
export interface SignalObservation {
  /** Made by operators; the 20th and later share one label. */
  readonly agentClass: string;
  /** In [0, 1). */
  readonly anomaly: number;
  readonly learning: boolean;
  readonly terms: readonly Pick<SignalTerm, 'name' | 'score'>[];
}

/** How odd the fleet behaves. No agent has a label of its own. */
export interface SignalMetrics {
  signals(observation: SignalObservation): void;
  /** An agent's state was unreadable and was reset. */
  signalsRebuilt(reason: string): void;
  quarantine(): void;
}

/** Nothing odd at all is a bucket of its own, and so is the neighbourhood of both usual thresholds. */
const SCORE_BUCKETS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.8, 0.9, 0.95, 0.99];
const MAX_CLASSES = 19;
const MAX_TERMS = 31;
export const REBUILD_REASONS: ReadonlySet<string> = new Set([
  ...['version', 'truncated', 'type', 'not_a_number', 'clock', 'bucket'],
]);

/** Registers them. `bounded` keeps a label's values few. */
export function createSignalMetrics(
  registry: Registry,
  bounded: (max: number) => (value: string) => string,
): SignalMetrics {
  const registers = [registry];
  const scores = new Histogram({
    name: 'countersign_anomaly_score',
    help: 'Score of each counted request, by class of agent.',
    labelNames: ['class'],
    buckets: SCORE_BUCKETS,
    registers,
  });
  const counter = <T extends string>(name: string, help: string, labelNames: T[]): Counter<T> =>
    new Counter({ name: `countersign_${name}`, help, labelNames, registers });
  const terms = counter('signal_terms_total', 'Requests a term added to the score of.', ['term']);
  const learning = counter('learning_requests_total', 'Requests of agents that are learned.', []);
  const rebuilt = counter(
    'signals_rebuilt_total',
    'States of agents that were unreadable and were reset.',
    ['reason'],
  );
  const quarantines = counter('quarantines_total', 'Agents that the policy quarantined.', []);
  const classOf = bounded(MAX_CLASSES);
  const termOf = bounded(MAX_TERMS);
  return {
    signals: (observation) => {
      scores.observe({ class: classOf(observation.agentClass) }, observation.anomaly);
      if (observation.learning) learning.inc();
      for (const { name, score } of observation.terms) {
        if (score > 0) terms.inc({ term: termOf(name) });
      }
    },
    signalsRebuilt: (reason) => {
      rebuilt.inc({ reason: REBUILD_REASONS.has(reason) ? reason : 'other' });
    },
    quarantine: () => {
      quarantines.inc();
    },
  };
}

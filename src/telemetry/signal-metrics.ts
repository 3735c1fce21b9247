import { Counter, Histogram, type Registry } from 'prom-client';
import type { SignalTerm } from '../domain/signals.js';

/** The signals of one counted request. */
export interface SignalObservation {
  /** Defined by operators; the 20th and later share one label. */
  readonly agentClass: string;
  /** In [0, 1). */
  readonly anomaly: number;
  readonly learning: boolean;
  readonly terms: readonly Pick<SignalTerm, 'name' | 'score'>[];
}

/** Metrics of the fleet's signals, without labels per agent. */
export interface SignalMetrics {
  signals(observation: SignalObservation): void;
  /** Counts a reset of an agent's unreadable signal state. */
  signalsRebuilt(reason: string): void;
  quarantine(): void;
}

/** Buckets of the score: one for exactly 0, and narrow ones around both usual thresholds. */
const SCORE_BUCKETS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.8, 0.9, 0.95, 0.99];
const MAX_CLASSES = 19;
const MAX_TERMS = 31;
export const REBUILD_REASONS: ReadonlySet<string> = new Set([
  ...['version', 'truncated', 'type', 'not_a_number', 'clock', 'bucket'],
]);

/** Registers the metrics. `bounded` limits the distinct values of a label. */
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
  const terms = counter('signal_terms_total', 'Requests with this term in the score.', ['term']);
  const learning = counter('learning_requests_total', 'Requests of agents still learning.', []);
  const rebuilt = counter(
    'signals_rebuilt_total',
    'Unreadable signal states of agents that were reset.',
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

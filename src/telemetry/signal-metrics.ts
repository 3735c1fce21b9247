import type { SignalTerm } from '../domain/signals.js';
import { boundedLabel, type Instruments } from './instruments.js';

/** The signals of one counted request. */
export interface SignalObservation {
  /** Defined by operators; the 20th and later share one label. */
  readonly agentClass: string;
  /** In [0, 1). */
  readonly anomaly: number;
  readonly learning: boolean;
  readonly terms: readonly Pick<SignalTerm, 'name' | 'score'>[];
}

/** Buckets of the score: one for exactly 0, and narrow ones around both usual thresholds. */
const SCORE_BUCKETS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.8, 0.9, 0.95, 0.99];
const MAX_CLASSES = 19;
const MAX_TERMS = 31;
export const REBUILD_REASONS: ReadonlySet<string> = new Set([
  ...['version', 'truncated', 'type', 'not_a_number', 'clock', 'bucket'],
]);

/** Declares the metrics of the fleet's signals, without labels per agent. */
export function signalMetrics(metric: Instruments) {
  const scores = metric.labelledHistogram<{ class: string }>(
    'countersign_anomaly_score',
    'Score of each counted request, by class of agent.',
    { class: boundedLabel(MAX_CLASSES) },
    SCORE_BUCKETS,
  );
  const terms = metric.labelledCounter<{ term: string }>(
    'countersign_signal_terms_total',
    'Requests with this term in the score.',
    { term: boundedLabel(MAX_TERMS) },
  );
  const learning = metric.counter(
    'countersign_learning_requests_total',
    'Requests of agents still learning.',
  );
  const rebuilt = metric.labelledCounter<{ reason: string }>(
    'countersign_signals_rebuilt_total',
    'Unreadable signal states of agents that were reset.',
    { reason: (value) => (REBUILD_REASONS.has(value) ? value : 'other') },
  );
  return {
    signals: (observation: SignalObservation) => {
      scores.observe({ class: observation.agentClass }, observation.anomaly);
      if (observation.learning) learning.inc();
      for (const { name, score } of observation.terms) if (score > 0) terms.inc({ term: name });
    },
    /** Counts a reset of an agent's unreadable signal state. */
    signalsRebuilt: (reason: string) => {
      rebuilt.inc({ reason });
    },
    quarantines: metric.counter(
      'countersign_quarantines_total',
      'Agents that the policy quarantined.',
    ),
  };
}

import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics of the soundness of this node's policy instances. */
export interface SoundnessMetrics {
  /** Counts instances with a new memory after a fault or a failed known-answer test. */
  engineRebuilt(count: number): void;
  knownAnswerMissed(count: number): void;
  /** Sets the flag that the active bundle failed its known-answer test twice: nothing is decided. */
  knownAnswerFailing(failing: boolean): void;
  /** Sets the flag that admission would now refuse the active bundle. */
  activeBundleRefused(refused: boolean): void;
}

export function createSoundnessMetrics(registry: Registry): SoundnessMetrics {
  const registers = [registry];
  const rebuilt = new Counter({
    name: 'countersign_engine_rebuilds_total',
    help: 'Policy instances given a new memory after a fault or a failed known-answer test.',
    registers,
  });
  const missed = new Counter({
    name: 'countersign_engine_known_answer_misses_total',
    help: 'Known-answer tests that a policy instance failed.',
    registers,
  });
  const failing = new Gauge({
    name: 'countersign_engine_known_answer_failing',
    help: '1 while the active bundle fails its known-answer test and nothing is decided.',
    registers,
  });
  const refused = new Gauge({
    name: 'countersign_policy_active_refused',
    help: '1 while admission would refuse the active bundle.',
    registers,
  });
  return {
    engineRebuilt: (count) => {
      rebuilt.inc(count);
    },
    knownAnswerMissed: (count) => {
      missed.inc(count);
    },
    knownAnswerFailing: (value) => {
      failing.set(value ? 1 : 0);
    },
    activeBundleRefused: (value) => {
      refused.set(value ? 1 : 0);
    },
  };
}

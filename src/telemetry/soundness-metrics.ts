import { Counter, Gauge, type Registry } from 'prom-client';

/** Whether the policy instances of this node are sound. */
export interface SoundnessMetrics {
  /** Instances that got a new memory, since a fault or a missed known answer left nothing to be trusted. */
  engineRebuilt(count: number): void;
  knownAnswerMissed(count: number): void;
  /** The active bundle missed its known answer twice in a row: nothing is decided. */
  knownAnswerFailing(failing: boolean): void;
  /** The active bundle would be refused if it came now. */
  activeBundleRefused(refused: boolean): void;
}

export function createSoundnessMetrics(registry: Registry): SoundnessMetrics {
  const registers = [registry];
  const rebuilt = new Counter({
    name: 'countersign_engine_rebuilds_total',
    help: 'Policy instances that got a new memory after a fault or a missed known answer.',
    registers,
  });
  const missed = new Counter({
    name: 'countersign_engine_known_answer_misses_total',
    help: 'Known answers that a policy instance did not give.',
    registers,
  });
  const failing = new Gauge({
    name: 'countersign_engine_known_answer_failing',
    help: '1 while the active bundle misses its known answer and nothing is decided.',
    registers,
  });
  const refused = new Gauge({
    name: 'countersign_policy_active_refused',
    help: '1 while the bundle that decides would be refused if it came now.',
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

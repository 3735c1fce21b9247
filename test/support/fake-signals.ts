import type { AgentSignals, SignalOperations } from '../../src/use-cases/admin/signals.js';
import type { SignalProfile } from '../../src/domain/signals.js';
import type { Answer } from './fake-policy.js';

const hours = (of: (hour: number) => number): number[] =>
  Array.from({ length: 24 }, (_, hour) => of(hour));

/** An agent of office hours that has just probed for scopes. */
export const PROFILE: SignalProfile = {
  version: 2,
  learning: false,
  events: 4_321,
  since_ms: 1_699_000_000_000,
  anomaly: 0.87,
  terms: [
    { name: 'denials_60m', value: 14, expected: 0.3, score: 12.5 },
    { name: 'requests_10m', value: 4, expected: 5.25, score: 0 },
  ],
  profile: {
    weekday: hours((hour) => (hour >= 9 && hour < 17 ? 6 : 0.1)),
    weekend: hours(() => 0.05),
  },
  learned: { requests_10m: 1.5, dispersion: 2, denial_share: 0.02, novelty_share: 0.01 },
  state_bytes: 690,
};

export const AGENT_SIGNALS: AgentSignals = {
  agent_id: 'demo-agent',
  class: 'default',
  status: 'active',
  now_ms: 1_700_000_400_000,
  profile: {
    ...PROFILE,
    terms: PROFILE.terms.map((term) => ({ ...term, sentence: `about ${term.name}` })),
  },
  series: {
    from_ms: 1_699_999_800_000,
    step_seconds: 600,
    cells: {
      index: [0, 1],
      requests: [5, 20],
      granted: [5, 6],
      denials: [0, 14],
      rate_limited: [0, 0],
      anomaly: [null, 0.87],
    },
  },
};

/** What the signal routes call; it remembers what it was asked. */
export function fakeSignals(answer: Answer): SignalOperations {
  return {
    show: (id, sinceMs) => answer('signals.show', AGENT_SIGNALS, id, sinceMs),
    reset: (id, reason, context) => answer('signals.reset', undefined, id, reason, context),
    export: (id) =>
      answer('signals.export', { agent_id: id, exported_at_ms: 5, state: { events: 3 } }, id),
  };
}

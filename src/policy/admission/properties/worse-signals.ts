import type { PolicyInput } from '../../../domain/policy.js';
import { never, picked, type Property } from './property.js';

type Signals = PolicyInput['signals'];

/** Finds an inverted condition, which grants to odd agents what it denies to normal ones. */
export const worseSignalsNeverWiden: Property = {
  name: 'worse_signals_never_widen',
  level: 'refuse',
  about: 'a higher anomaly score, or more requests, denials or novelty, never grants more',
  show(input, pick, candidate) {
    const { what, better, worse } = picked(changed(input.signals, pick), pick);
    const withSignals = (signals: Signals): PolicyInput => ({ ...input, signals });
    const up = never(candidate, input, withSignals(worse), `with more ${what}, the policy`);
    if (typeof up === 'object') return up;
    // Also the other way round, since the grant may be for odd agents only.
    const down = never(
      candidate,
      withSignals(better),
      input,
      `compared to less ${what}, the policy`,
    );
    // A policy that denies at the worse signal holds and counts as tested if it grants without it.
    return down === 'skipped' && candidate.decide(input).scopes.length > 0 ? 'holds' : down;
  },
};

const COUNTS = [
  ...(['requests_10m', 'requests_2h', 'denials_60m'] as const),
  ...(['first_seen_scopes_60m', 'first_seen_resources_60m'] as const),
];
const STEPS = 97;

interface Changed {
  readonly what: string;
  readonly better: Signals;
  readonly worse: Signals;
}

/**
 * Returns signals before and after a change.
 * Picks the score twice as often as a count, since more rules use it. The score moves part of the way to an end; a
 * count changes a little or a lot.
 */
function changed(signals: Signals, pick: number): Changed[] {
  const share = ((pick % STEPS) + 1) / (STEPS + 1);
  const more = Math.ceil(10 ** (4 * share));
  const pair = (what: string, better: Partial<Signals>, worse: Partial<Signals>): Changed => ({
    what,
    better: { ...signals, ...better },
    worse: { ...signals, ...worse },
  });
  const { anomaly } = signals;
  const score = pair(
    'anomaly',
    { anomaly: anomaly * (1 - share) },
    { anomaly: anomaly + (1 - anomaly) * share },
  );
  return [
    ...[score, score],
    ...COUNTS.map((name) => {
      const count = signals[name];
      return pair(name, { [name]: Math.floor(count * (1 - share)) }, { [name]: count + more });
    }),
    pair('first_seen_now', { first_seen_now: false }, { first_seen_now: true }),
  ];
}

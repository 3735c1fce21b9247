import { DEFAULT_PRIOR, type SignalPrior } from '../../domain/signals.js';

export const PRIOR_MEMBERS = [
  'requests_10m',
  'dispersion',
  'denial_share',
  'novelty_share',
] as const satisfies readonly (keyof SignalPrior)[];

/** Maximum factor between a learned prior and the default, which bounds how far a fleet can distort it. */
const MAX_FACTOR = 4;

/** Returns a prior with every member clamped to its bounds. */
export function clampPrior(prior: SignalPrior): SignalPrior {
  return priorOf((member) => {
    const usual = DEFAULT_PRIOR[member];
    const least = member === 'dispersion' ? 1 : usual / MAX_FACTOR;
    return Math.min(usual * MAX_FACTOR, Math.max(least, prior[member]));
  });
}

/** Returns the medians of each member. Throws RangeError without samples. */
export function medianPrior(samples: readonly SignalPrior[]): SignalPrior {
  return priorOf((member) => median(samples.map((sample) => sample[member])));
}

/** Returns whether every member is a valid number. */
export function isUsable(prior: SignalPrior): boolean {
  return PRIOR_MEMBERS.every((member) => Number.isFinite(prior[member]) && prior[member] >= 0);
}

function priorOf(value: (member: (typeof PRIOR_MEMBERS)[number]) => number): SignalPrior {
  return {
    requests_10m: value('requests_10m'),
    dispersion: value('dispersion'),
    denial_share: value('denial_share'),
    novelty_share: value('novelty_share'),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.floor((sorted.length - 1) / 2)];
  if (found === undefined) throw new RangeError('no values');
  return found;
}

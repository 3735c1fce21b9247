import { DEFAULT_PRIOR, type SignalPrior } from '../../domain/signals.js';

export const PRIOR_MEMBERS = [
  'requests_10m',
  'dispersion',
  'denial_share',
  'novelty_share',
] as const satisfies readonly (keyof SignalPrior)[];

/** How far what was learned may be from the default, either way: so far, and no further, can a fleet be bent. */
const MAX_FACTOR = 4;

/** A prior with every member within its bounds. */
export function clampPrior(prior: SignalPrior): SignalPrior {
  return priorOf((member) => {
    const usual = DEFAULT_PRIOR[member];
    const least = member === 'dispersion' ? 1 : usual / MAX_FACTOR;
    return Math.min(usual * MAX_FACTOR, Math.max(least, prior[member]));
  });
}

/** Medians of each member by itself. Throws RangeError when there is none. */
export function medianPrior(samples: readonly SignalPrior[]): SignalPrior {
  return priorOf((member) => median(samples.map((sample) => sample[member])));
}

/** Whether every member is a number that can be one. */
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

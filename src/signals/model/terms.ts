import type { TermName } from '../../domain/signals.js';
import { CELL_MS } from './constants.js';
import { expectedActivity, expectedRequests, hourOf } from './profile.js';
import { TAILED, type State } from './state.js';
import { beyondUsual, emptyTail } from './tails.js';
import { growth } from './weeks.js';
import { excess, ONE_DAY_ACTIVE, surprise, TWO_HOURS, TWO_HOURS_ACTIVE } from './windows.js';

/** One part of the score: counted and expected values, and the weighted difference. */
export interface Term {
  readonly name: TermName;
  readonly value: number;
  readonly expected: number;
  readonly score: number;
}

/** The weight of one nat of surprise beyond the usual. */
export const WEIGHTS: Readonly<Record<TermName, number>> = {
  requests_10m: 0.23,
  requests_2h: 0.22,
  activity_2h: 0.36,
  activity_24h: 0.5,
  denials_60m: 0.09,
  new_scopes_60m: 1,
  honey_60m: 1.5,
  misuse_60m: 0.8,
  after_revocation: 0.35,
  growth_7d: 2.5,
};

/** The counts over the windows, the event included. */
export interface Counts {
  readonly requests10m: number;
  readonly requests60m: number;
  readonly denials: number;
  readonly newScopes: number;
}

interface Surprise {
  readonly value: number;
  readonly expected: number;
  readonly raw: number;
}

const rare = (value: number, expected: number): Surprise => ({
  ...{ value, expected },
  raw: excess(value, expected),
});

/** Returns every term, also those without weight, in the order of the scripts. */
export function termsOf(state: State, counts: Counts, now: number): Term[] {
  const { profile, shares, cell } = state;
  const hour = hourOf(cell.number);
  const requests = expectedRequests(profile, hour);
  const activity = expectedActivity(profile, hour);
  const share = now / CELL_MS - cell.number;
  const active = cell.requests > 0 ? 1 : 0;
  const inCell = requests * share;
  const { twoHours, twoHoursActive, oneDayActive } = state;
  const n = counts.requests60m;
  const surprises: readonly Surprise[] = [
    {
      value: counts.requests10m,
      expected: requests,
      raw: excess(counts.requests10m, requests) / Math.max(1, state.spread10m),
    },
    surprise(twoHours, TWO_HOURS, cell.requests, inCell + 0.05, share),
    surprise(twoHoursActive, TWO_HOURS_ACTIVE, active, activity, share),
    surprise(oneDayActive, ONE_DAY_ACTIVE, active, activity * share + 0.1, share),
    rare(counts.denials, shares.denials * n + 0.05),
    rare(counts.newScopes, shares.newScopes * n + 0.02),
  ];
  const tailed = surprises.map(({ value, expected, raw }, at) => {
    const name = TAILED[at] ?? 'requests_10m';
    const tail = state.tails[at] ?? emptyTail();
    return { name, value, expected, score: WEIGHTS[name] * beyondUsual(tail, raw) };
  });
  const plain = (name: TermName, count: number, expected: number): Term => ({
    ...{ name, value: count, expected },
    score: WEIGHTS[name] * excess(count, expected),
  });
  return [
    ...tailed,
    {
      name: 'honey_60m',
      value: state.honey.count,
      expected: 0,
      score: WEIGHTS.honey_60m * state.honey.count,
    },
    plain('misuse_60m', state.misuse.count, 0.02),
    plain('after_revocation', Math.max(0, state.afterRevocation.count), 1),
    grown(state, now),
  ];
}

function grown(state: State, now: number): Term {
  const { weeks, cell, bornMs } = state;
  const { value, expected, doublings } = growth(weeks, cell.requests, bornMs, now);
  return { name: 'growth_7d', value, expected, score: WEIGHTS.growth_7d * doublings };
}

import {
  DEFAULT_PRIOR,
  TERM_NAMES,
  type SignalPrior,
  type TermName,
} from '../../domain/signals.js';
import { CELL_MS } from './constants.js';
import { emptyFilters, type Filters } from './filters.js';
import { emptyProfile, type LearnedProfile } from './profile.js';
import { emptyRing, type Ring } from './rings.js';
import { emptyTail, type Tail } from './tails.js';
import { emptyWeeks, WEEK_CELLS, type Weeks } from './weeks.js';
import { emptyWindow, type Window } from './windows.js';

/** Number of terms, from the first, that are measured against the agent's usual peaks. */
const TAILED_COUNT = 6;
export const TAILED: readonly TermName[] = TERM_NAMES.slice(0, TAILED_COUNT);

/** The counts of the open cell. */
export interface OpenCell {
  number: number;
  requests: number;
  denials: number;
  newScopes: number;
  /** The score was high: the cell is not learned. */
  hot: boolean;
}

/** The shares of an agent's requests that are denied, or have new scopes. */
export interface Shares {
  denials: number;
  newScopes: number;
}

/** A count since `atMs` that expires an hour later. */
export interface Recent {
  count: number;
  atMs: number;
}

/** The signal state of one agent. Changed in place by `observe`. */
export interface State {
  readonly bornMs: number;
  /** The latest time seen. */
  nowMs: number;
  events: number;
  readonly requests10m: Ring;
  readonly requests2h: Ring;
  readonly denials: Ring;
  readonly newScopes: Ring;
  readonly filters: Filters;
  readonly cell: OpenCell;
  readonly profile: LearnedProfile;
  /** Variance over mean of a cell's requests. */
  spread10m: number;
  readonly twoHours: Window;
  readonly oneDay: Window;
  readonly twoHoursActive: Window;
  readonly oneDayActive: Window;
  readonly shares: Shares;
  readonly tails: readonly Tail[];
  readonly honey: Recent;
  readonly misuse: Recent;
  /** Requests since the revocation of `atMs`. */
  readonly afterRevocation: Recent;
  readonly weeks: Weeks;
}

export function emptyState(nowMs: number, prior: SignalPrior = DEFAULT_PRIOR): State {
  return {
    ...{ bornMs: nowMs, nowMs, events: 0 },
    ...{ requests10m: emptyRing(), requests2h: emptyRing(), denials: emptyRing() },
    ...{ newScopes: emptyRing() },
    filters: emptyFilters(nowMs),
    cell: emptyCell(Math.floor(nowMs / CELL_MS)),
    profile: { ...emptyProfile(), requestsMean: prior.requests_10m, activityMean: 0.1 },
    spread10m: prior.dispersion,
    twoHours: emptyWindow(prior.dispersion),
    oneDay: emptyWindow(prior.dispersion),
    twoHoursActive: emptyWindow(1),
    oneDayActive: emptyWindow(1),
    shares: {
      denials: prior.denial_share,
      newScopes: prior.novelty_share,
    },
    tails: TAILED.map(emptyTail),
    honey: { count: 0, atMs: 0 },
    misuse: { count: 0, atMs: 0 },
    afterRevocation: { count: 0, atMs: 0 },
    weeks: emptyWeeks(Math.floor(nowMs / CELL_MS / WEEK_CELLS), prior.dispersion),
  };
}

export function emptyCell(number: number): OpenCell {
  return {
    ...{ number, requests: 0, denials: 0, newScopes: 0, hot: false },
  };
}

import { CELL_MS, IDLE_CELLS_MAX, KNOWN_CELLS, WARM_CELLS } from './constants.js';
import { expectedActivity, expectedRequests, hourOf, learnCell } from './profile.js';
import { emptyCell, type State } from './state.js';
import { countWeek, followSpread, WEEK_CELLS } from './weeks.js';
import { closeTail } from './tails.js';
import {
  learnSpread,
  ONE_DAY,
  ONE_DAY_ACTIVE,
  pass,
  SPREAD_RATE,
  TWO_HOURS,
  TWO_HOURS_ACTIVE,
} from './windows.js';

/** Maximum deviations above the expectation that a cell is learned with, and additional requests. */
const WINSOR_DEVIATIONS = 4;
const WINSOR_REQUESTS = 3;
/** Memory, in requests, of the shares of denials and of new scopes. */
const SHARE_MEMORY = 400;

/** Closes the open cell and the idle ones after it, when `nowMs` is in a later one. */
export function advance(state: State, nowMs: number): void {
  const { cell } = state;
  const number = Math.floor(nowMs / CELL_MS);
  if (number <= cell.number) return;
  const known = state.profile.cellsSeen >= KNOWN_CELLS;
  if (!cell.hot) {
    learnShares(state);
    countWeek(state.weeks, Math.floor(cell.number / WEEK_CELLS), cell.requests);
  }
  closeCell(state, cell.number, cell.requests, !cell.hot);
  const idle = number - cell.number - 1;
  for (const tail of state.tails) closeTail(tail, idle + 1, !cell.hot, known);
  if (idle <= IDLE_CELLS_MAX) {
    for (let at = cell.number + 1; at < number; at++) closeCell(state, at, 0, true);
  } else {
    forgetWindows(state);
  }
  Object.assign(cell, emptyCell(number));
}

function closeCell(state: State, number: number, requests: number, learn: boolean): void {
  const { profile, twoHours, oneDay, twoHoursActive, oneDayActive } = state;
  const hour = hourOf(number);
  const expected = expectedRequests(profile, hour);
  const activity = expectedActivity(profile, hour);
  const active = requests > 0 ? 1 : 0;
  if (learn) {
    const deviation = Math.sqrt(Math.max(1, state.spread10m) * Math.max(expected, 0.05));
    const most = expected + WINSOR_DEVIATIONS * deviation + WINSOR_REQUESTS;
    const taught = profile.cellsSeen < WARM_CELLS ? requests : Math.min(requests, most);
    const off = taught - expected;
    learnCell(profile, hour, taught, active);
    const { requestsMean, activityMean, cellsSeen } = profile;
    state.spread10m = Math.max(
      0,
      state.spread10m +
        (SPREAD_RATE * (off * off - state.spread10m * expected)) / Math.max(requestsMean, 0.05),
    );
    if (cellsSeen > TWO_HOURS.settledCells) {
      learnSpread(twoHours, requestsMean * TWO_HOURS.cells);
      learnSpread(twoHoursActive, activityMean * TWO_HOURS.cells);
    }
    if (cellsSeen > ONE_DAY.settledCells) {
      learnSpread(oneDay, requestsMean * ONE_DAY.cells);
      learnSpread(oneDayActive, activityMean * ONE_DAY.cells);
    }
    followSpread(state.weeks, oneDay.spread, cellsSeen >= KNOWN_CELLS);
  }
  pass(twoHours, TWO_HOURS, requests, expected);
  pass(oneDay, ONE_DAY, requests, expected);
  pass(twoHoursActive, TWO_HOURS_ACTIVE, active, activity);
  pass(oneDayActive, ONE_DAY_ACTIVE, active, activity);
}

function learnShares({ shares, cell }: State): void {
  const { requests } = cell;
  if (requests === 0) return;
  const rate = Math.min(0.5, requests / SHARE_MEMORY);
  const learned = (share: number, count: number): number =>
    share + rate * (Math.min(count / requests, share * 5 + 0.2) - share);
  shares.denials = learned(shares.denials, cell.denials);
  shares.newScopes = learned(shares.newScopes, cell.newScopes);
}

function forgetWindows({ twoHours, oneDay, twoHoursActive, oneDayActive }: State): void {
  for (const window of [twoHours, oneDay, twoHoursActive, oneDayActive]) {
    window.seen = 0;
    window.expected = 0;
  }
}

import { CELL_MS } from './constants.js';
import { excess } from './windows.js';

export const WEEK_CELLS = 1008;
const WEEK_MS = WEEK_CELLS * CELL_MS;

/**
 * Requests of this week so far, of the last one, and of the one before, which a slow growth has not
 * affected yet.
 */
export interface Weeks {
  week: number;
  counts: [number, number, number];
  /**
   * Spread of a day relative to a Poisson count, over the last weeks: growing traffic widens the current
   * one.
   */
  spread: number;
}

export const emptyWeeks = (week: number, spread: number): Weeks => ({
  week,
  counts: [0, 0, 0],
  spread,
});

function turnWeeks(weeks: Weeks, week: number): void {
  if (week <= weeks.week) return;
  const [now, last] = weeks.counts;
  const moved = week - weeks.week;
  weeks.counts = moved === 1 ? [0, now, last] : moved === 2 ? [0, 0, now] : [0, 0, 0];
  weeks.week = week;
}

/** Counts a closed cell of week `week`. */
export function countWeek(weeks: Weeks, week: number, requests: number): void {
  turnWeeks(weeks, week);
  weeks.counts[0] += requests;
}

const SPREAD_MEMORY_CELLS = 4032;

/** Updates the spread of a day: at once for a new agent, over four weeks for a known one. */
export function followSpread(weeks: Weeks, ofDay: number, known: boolean): void {
  weeks.spread = known ? weeks.spread + (ofDay - weeks.spread) / SPREAD_MEMORY_CELLS : ofDay;
}

/** Minimum number of requests in the reference week. */
const REQUESTS_MIN = 30;
/** Surprise that must be exceeded, so that a few busy days of an irregular agent do not count. */
const SURPRISE_MIN = 8;
/**
 * A new job may bring half as much again, a growth of one percent a day a seventh: up to one fifth
 * does not count.
 */
const DOUBLINGS_FREE = 0.25;

/**
 * Returns the growth of the last seven days over the week that ended one to two weeks ago.
 * Every other term has learned a slow growth by then. In doublings beyond one fifth, 0 without a reference week or when
 * chance explains it.
 */
export function growth(
  weeks: Weeks,
  open: number,
  bornMs: number,
  nowMs: number,
): { value: number; expected: number; doublings: number } {
  turnWeeks(weeks, Math.floor(nowMs / WEEK_MS));
  const [now, last, before] = weeks.counts;
  const share = nowMs / WEEK_MS - weeks.week;
  const value = now + open + last * (1 - share);
  const whole = bornMs <= (weeks.week - 2) * WEEK_MS;
  const comparable = whole && before >= REQUESTS_MIN && value > before;
  const surprise = comparable ? excess(value, before) / Math.max(1, weeks.spread) : 0;
  const doublings = surprise > SURPRISE_MIN ? Math.log(value / before) / Math.LN2 : 0;
  const beyond = Math.max(0, doublings - DOUBLINGS_FREE);
  return { value, expected: before, doublings: beyond };
}

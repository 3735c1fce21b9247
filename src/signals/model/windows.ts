import { CELLS_A_DAY } from './constants.js';

/**
 * Seen and expected counts over a decaying window: each cell weighs a little less than the next.
 * `spread` is the learned spread of the difference relative to a Poisson count (variance over mean, at least `floor`).
 */
export interface Window {
  seen: number;
  expected: number;
  spread: number;
}

export interface WindowKind {
  readonly cells: number;
  /** Cells before the spread is learned: three windows. */
  readonly settledCells: number;
  readonly spreadFloor: number;
}

export const TWO_HOURS: WindowKind = { cells: 12, settledCells: 36, spreadFloor: 1 };
export const ONE_DAY: WindowKind = {
  ...{ cells: CELLS_A_DAY, settledCells: 3 * CELLS_A_DAY, spreadFloor: 1 },
};
/** The activity of a cell varies less than a count. */
export const TWO_HOURS_ACTIVE: WindowKind = { ...TWO_HOURS, spreadFloor: 0.7 };
export const ONE_DAY_ACTIVE: WindowKind = { ...ONE_DAY, spreadFloor: 0.7 };

export const emptyWindow = (spread: number): Window => ({ seen: 0, expected: 0, spread });

/** Learning rate of a spread: about a thousand cells, a week. */
export const SPREAD_RATE = 1 / 1000;

/** Learns the distance between seen and expected; `mean` is the expected count of a usual window. */
export function learnSpread(window: Window, mean: number): void {
  const off = window.seen - window.expected;
  window.spread +=
    (SPREAD_RATE * (off * off - window.spread * window.expected)) / Math.max(mean, 0.05);
  // An hour with a far larger expectation than usual would otherwise make it negative.
  window.spread = Math.max(window.spread, 0);
}

/** Adds a closed cell. */
export function pass(window: Window, kind: WindowKind, seen: number, expected: number): void {
  const kept = 1 - 1 / kind.cells;
  window.seen = window.seen * kept + seen;
  window.expected = window.expected * kept + expected;
}

/**
 * Returns the deviance of a Poisson count `n` above its mean: 2 × this is about the square of a
 * z-score.
 */
export function excess(n: number, mean: number): number {
  return n <= mean ? 0 : n * Math.log(n / mean) - (n - mean);
}

/** Returns the surprise of the window, with `share` of the open cell over and `open` counted in it. */
export function surprise(
  window: Window,
  kind: WindowKind,
  open: number,
  expectedOpen: number,
  share: number,
): { value: number; expected: number; raw: number } {
  const kept = 1 - share / kind.cells;
  const value = window.seen * kept + open;
  const expected = window.expected * kept + expectedOpen;
  const raw = excess(value, expected) / Math.max(kind.spreadFloor, window.spread);
  return { value, expected, raw };
}

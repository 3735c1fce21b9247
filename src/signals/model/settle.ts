import { CELL_MS } from './constants.js';
import { emptyRing, type Ring } from './rings.js';
import { emptyCell, type State } from './state.js';

/** Requests after the revocations before a release: far enough below zero that none of them is odd. */
const EXCUSED = -1_000_000;

/**
 * Clears recent counts and skips the time in quarantine for learning; the learned profile stays.
 * So a released agent is neither quarantined again for earlier requests, nor unknown.
 */
export function settle(state: State, nowMs: number): void {
  const { requests10m, requests2h, denials, newScopes } = state;
  for (const ring of [requests10m, requests2h, denials, newScopes]) {
    empty(ring);
  }
  Object.assign(state.cell, emptyCell(Math.max(state.cell.number, Math.floor(nowMs / CELL_MS))));
  for (const window of [
    ...[state.twoHours, state.oneDay],
    ...[state.twoHoursActive, state.oneDayActive],
  ]) {
    window.seen = 0;
    window.expected = 0;
  }
  for (const tail of state.tails) tail.peak = 0;
  state.honey.count = 0;
  state.misuse.count = 0;
  state.afterRevocation.count = EXCUSED;
  state.afterRevocation.atMs = nowMs;
  state.weeks.counts = [0, 0, 0];
}

function empty(ring: Ring): void {
  Object.assign(ring, emptyRing());
}

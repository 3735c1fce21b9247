import { advance } from './cells.js';
import { anomalyOf } from './combine.js';
import {
  CELL_MS,
  COLD_EVENTS,
  COLD_MS,
  COLD_SQUARES_MAX,
  HOT,
  WARM_CELLS,
  WARM_SQUARES_MAX,
} from './constants.js';
import { addItems, turnFilters } from './filters.js';
import { turn } from './rings.js';
import type { Recent, State } from './state.js';
import { termsOf, type Term } from './terms.js';

/** An observed event. Items are positions in the filters, eight bytes each. */
export interface SignalEvent {
  readonly requests: number;
  readonly denials: 0 | 1;
  readonly scopes: Uint8Array;
  readonly resource: Uint8Array;
  readonly honey: number;
  readonly misuse: number;
  /** Time of the last revocation that covered the agent, its session, task or user; 0 for never. */
  readonly revokedMs: number;
}

export interface Score {
  /** In [0, 1). */
  readonly anomaly: number;
  readonly learning: boolean;
  readonly terms: readonly Term[];
}

const HOUR_MS = 3_600_000;
const REVOKED_MS = 900_000;

/** Applies one event and scores the agent at `nowMs`. Deterministic in state, event and time. */
export function observe(state: State, event: SignalEvent, nowMs: number): Score {
  // A clock that steps back is held: no time is counted twice.
  const now = Math.max(nowMs, state.nowMs);
  state.nowMs = now;
  advance(state, now);
  state.events += event.requests;
  turnFilters(state.filters, now);
  const newScopes = addItems(state.filters, event.scopes);
  addItems(state.filters, event.resource); // the number of new ones is not scored, but is in the policy input
  const { cell } = state;
  cell.requests += event.requests;
  cell.denials += event.denials;
  cell.newScopes += newScopes;
  add(state.honey, event.honey, now);
  add(state.misuse, event.misuse, now);
  afterRevocation(state.afterRevocation, event, now);

  const counts = {
    requests10m: turn(state.requests10m, 100_000, now, event.requests),
    requests60m: lastHour(state, now, event.requests),
    denials: turn(state.denials, CELL_MS, now, event.denials),
    newScopes: turn(state.newScopes, CELL_MS, now, newScopes),
  };
  return scored(state, termsOf(state, counts, now), now);
}

function lastHour(state: State, now: number, add: number): number {
  turn(state.requests2h, 1_200_000, now, add);
  const [first = 0, second = 0, third = 0] = state.requests2h.counts;
  return first + second + third;
}

function add(recent: Recent, count: number, now: number): void {
  if (now - recent.atMs > HOUR_MS) recent.count = 0;
  if (count > 0) {
    recent.count += count;
    recent.atMs = now;
  }
}

/** Counts requests for revoked context only: another task is not a repeated request. */
function afterRevocation(after: Recent, { revokedMs, requests }: SignalEvent, now: number): void {
  if (revokedMs > after.atMs) {
    after.atMs = revokedMs;
    after.count = 0;
  }
  if (now - after.atMs > REVOKED_MS) after.count = 0;
  else if (now - revokedMs <= REVOKED_MS) after.count += requests;
}

function scored(state: State, terms: readonly Term[], now: number): Score {
  const learning = state.events < COLD_EVENTS || now - state.bornMs < COLD_MS;
  const warm = state.profile.cellsSeen >= WARM_CELLS;
  const anomaly = anomalyOf(terms, warm ? Infinity : mostOf(learning));
  if (warm && anomaly >= HOT) state.cell.hot = true;
  return { anomaly, learning, terms };
}

const mostOf = (learning: boolean): number => (learning ? COLD_SQUARES_MAX : WARM_SQUARES_MAX);

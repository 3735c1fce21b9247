import { advance } from './cells.js';
import {
  CELL_MS,
  COLD_EVENTS,
  COLD_MS,
  COLD_SCORE_MAX,
  HOT,
  WARM_CELLS,
  WARM_SCORE_MAX,
} from './constants.js';
import { addItems, turnFilters } from './filters.js';
import { expectedActivity, expectedRequests, hourOf } from './profile.js';
import { turn } from './rings.js';
import { TAILED, type Recent, type State, type TermName } from './state.js';
import { beyondUsual, emptyTail } from './tails.js';
import {
  excess,
  ONE_DAY,
  ONE_DAY_ACTIVE,
  surprise,
  TWO_HOURS,
  TWO_HOURS_ACTIVE,
} from './windows.js';

/** What happened. Items are positions in the filters, eight bytes each. */
export interface SignalEvent {
  readonly requests: 0 | 1;
  readonly denials: 0 | 1;
  readonly scopes: Uint8Array;
  readonly resource: Uint8Array;
  readonly client: Uint8Array;
  readonly honey: number;
  readonly misuse: number;
  /** When a revocation last covered the agent, its session, task or user; 0 for never. */
  readonly revokedMs: number;
}

export interface Term {
  readonly name: TermName;
  readonly value: number;
  readonly expected: number;
  readonly score: number;
}

export interface Score {
  /** In [0, 1). */
  readonly anomaly: number;
  readonly learning: boolean;
  readonly terms: readonly Term[];
}

const HOUR_MS = 3_600_000;
const REVOKED_MS = 900_000;

/** What one nat of surprise beyond the usual weighs. */
export const WEIGHTS: Readonly<Record<TermName, number>> = {
  requests_10m: 0.14,
  requests_2h: 0.27,
  requests_24h: 0.28,
  activity_2h: 0.6,
  activity_24h: 0.88,
  denials_60m: 0.1,
  new_scopes_60m: 1.5,
  new_resources_60m: 0.5,
  new_clients_60m: 0.2,
  honey_60m: 8,
  misuse_60m: 1,
  after_revocation: 0.2,
};

/** Takes in one event and scores the agent at `nowMs`. The same state, event and time give the same score. */
export function observe(state: State, event: SignalEvent, nowMs: number): Score {
  // A clock that steps back stands still: nothing is counted twice, and nothing before it was learned.
  const now = Math.max(nowMs, state.nowMs);
  state.nowMs = now;
  advance(state, now);
  state.events += event.requests;
  turnFilters(state.filters, now);
  const newScopes = addItems(state.filters, event.scopes);
  const newResources = addItems(state.filters, event.resource);
  const newClients = addItems(state.filters, event.client);
  const { cell } = state;
  cell.requests += event.requests;
  cell.denials += event.denials;
  cell.newScopes += newScopes;
  cell.newResources += newResources;
  cell.newClients += newClients;
  add(state.honey, event.honey, now);
  add(state.misuse, event.misuse, now);
  afterRevocation(state.afterRevocation, event, now);

  const counts = {
    requests10m: turn(state.requests10m, 100_000, now, event.requests),
    requests60m: lastHour(state, now, event.requests),
    denials: turn(state.denials, CELL_MS, now, event.denials),
    newScopes: turn(state.newScopes, CELL_MS, now, newScopes),
    newResources: turn(state.newResources, CELL_MS, now, newResources),
    newClients: turn(state.newClients, CELL_MS, now, newClients),
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

function afterRevocation(after: Recent, { revokedMs, requests }: SignalEvent, now: number): void {
  if (revokedMs > after.atMs) {
    after.atMs = revokedMs;
    after.count = 0;
  }
  if (now - after.atMs > REVOKED_MS) after.count = 0;
  else after.count += requests;
}

interface Counts {
  readonly requests10m: number;
  readonly requests60m: number;
  readonly denials: number;
  readonly newScopes: number;
  readonly newResources: number;
  readonly newClients: number;
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

function termsOf(state: State, counts: Counts, now: number): Term[] {
  const { profile, shares, cell } = state;
  const hour = hourOf(cell.number);
  const requests = expectedRequests(profile, hour);
  const activity = expectedActivity(profile, hour);
  const share = now / CELL_MS - cell.number;
  const active = cell.requests > 0 ? 1 : 0;
  const inCell = requests * share;
  const { twoHours, oneDay, twoHoursActive, oneDayActive } = state;
  const n = counts.requests60m;
  const surprises: readonly Surprise[] = [
    {
      value: counts.requests10m,
      expected: requests,
      raw: excess(counts.requests10m, requests) / Math.max(1, state.spread10m),
    },
    surprise(twoHours, TWO_HOURS, cell.requests, inCell + 0.05, share),
    surprise(oneDay, ONE_DAY, cell.requests, inCell + 0.2, share),
    surprise(twoHoursActive, TWO_HOURS_ACTIVE, active, activity, share),
    surprise(oneDayActive, ONE_DAY_ACTIVE, active, activity * share + 0.1, share),
    rare(counts.denials, shares.denials * n + 0.05),
    rare(counts.newScopes, shares.newScopes * n + 0.02),
    rare(counts.newResources, shares.newResources * n + 0.02),
    rare(counts.newClients, shares.newClients * n + 0.02),
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
    { name: 'honey_60m', value: state.honey.count, expected: 0, score: 8 * state.honey.count },
    plain('misuse_60m', state.misuse.count, 0.02),
    plain('after_revocation', state.afterRevocation.count, 1),
  ];
}

/** Half of the mark at which the score is 0.8. */
const MARK = 1;

/** The first terms are about how much is asked, not about what. */
const VOLUME_TERMS = 5;
const VOLUME_FREE = 3;
const VOLUME_REST = 0.8;

/** Doing more of the usual is odd, but seldom an attack: beyond a mark it counts with its logarithm. */
function boundedVolume(volume: number): number {
  return volume <= VOLUME_FREE
    ? volume
    : VOLUME_FREE + VOLUME_REST * Math.log(volume / VOLUME_FREE);
}

function scored(state: State, terms: readonly Term[], now: number): Score {
  let volume = 0;
  let squares = 0;
  terms.forEach(({ score }, at) => {
    if (at < VOLUME_TERMS) volume += score * score;
    else squares += score * score;
  });
  const bounded = boundedVolume(Math.sqrt(volume));
  squares += bounded * bounded;
  const raw = squares / (squares + MARK * MARK);
  const learning = state.events < COLD_EVENTS || now - state.bornMs < COLD_MS;
  const warm = state.profile.cellsSeen >= WARM_CELLS;
  const most = warm || state.honey.count > 0 ? 1 : learning ? COLD_SCORE_MAX : WARM_SCORE_MAX;
  const anomaly = Math.min(raw, most);
  if (warm && anomaly >= HOT) state.cell.hot = true;
  return { anomaly, learning, terms };
}

import { anomalyOf } from '../../../src/signals/model/combine.js';
import { observe, type SignalEvent } from '../../../src/signals/model/observe.js';
import { resourceItem, scopeItem } from '../../../src/domain/signal-items.js';
import type { TermName } from '../../../src/domain/signals.js';
import { emptyState } from '../../../src/signals/model/state.js';
import { WEIGHTS } from '../../../src/signals/model/terms.js';
import { HOUR_MS } from '../generator/parameters.js';
import type { GeneratedAgent, GeneratedEvent, Misuse } from '../generator/types.js';
import type { Detector, Variant } from './variant.js';

export const TERMS = Object.keys(WEIGHTS) as readonly TermName[];

/** The score and its terms after each event of one agent. */
export interface Scored {
  /** The root of the sum of squares that the anomaly is made of: S, with anomaly = S² / (S² + 1). */
  readonly sums: Float32Array;
  /** The terms' scores, event by event. */
  readonly terms: Float32Array;
}

const NOTHING = new Uint8Array(0);
/** A denial is reported after the request it answers. */
const DENIAL: SignalEvent = {
  ...{ requests: 0, denials: 1, honey: 0, misuse: 0, revokedMs: 0 },
  ...{ scopes: NOTHING, resource: NOTHING },
};

const known = new Map<string, Uint8Array>();

/** A fleet asks for few different things: each is digested once. */
function once(name: string, item: () => Uint8Array): Uint8Array {
  const found = known.get(name) ?? item();
  known.set(name, found);
  return found;
}

const MISUSE: SignalEvent = { ...DENIAL, denials: 0, misuse: 1 };

export const requestOf = ({
  resource,
  scope,
  honey,
  revokedMs = 0,
}: GeneratedEvent): SignalEvent => ({
  ...{ requests: 1, denials: 0, honey: honey === true ? 1 : 0, misuse: 0, revokedMs },
  scopes: once(`scope ${resource} ${scope}`, () => scopeItem(resource, scope)),
  resource: once(`resource ${resource}`, () => resourceItem(resource)),
});

/** S of an anomaly. */
export const sumOf = (anomaly: number): number => Math.sqrt(anomaly / (1 - anomaly));
/** S of an anomaly that rounding may have made 1. */
const boundedSum = (anomaly: number): number => sumOf(Math.min(anomaly, 1 - 1e-9));

const places = new Map(TERMS.map((name, at) => [name, at]));
const termAt = (name: TermName): number => places.get(name) ?? 0;

/** When a misuse is counted: a caller counts once an hour, as in the service. */
function misuseTimes(misuses: readonly Misuse[]): number[] {
  const seen = new Set<string>();
  return misuses.flatMap(({ atMs, caller }) => {
    const pair = `${Math.floor(atMs / HOUR_MS)} ${caller}`;
    if (seen.has(pair)) return [];
    seen.add(pair);
    return [atMs];
  });
}

/** A misuse has no separate score: it shows in that of the requests after it, which alone are decided on. */
export function scoreAgent({ events, misuses = [] }: GeneratedAgent): Scored {
  const state = emptyState(events[0]?.atMs ?? 0);
  const sums = new Float32Array(events.length);
  const terms = new Float32Array(events.length * TERMS.length);
  const waiting = misuseTimes(misuses);
  events.forEach((event, at) => {
    while ((waiting[0] ?? Infinity) <= event.atMs) observe(state, MISUSE, waiting.shift() ?? 0);
    const score = observe(state, requestOf(event), event.atMs);
    sums[at] = boundedSum(score.anomaly);
    for (const term of score.terms) terms[at * TERMS.length + termAt(term.name)] = term.score;
    // A denial because of a revocation is not held against the agent.
    if (event.denied && event.revokedMs === undefined) observe(state, DENIAL, event.atMs);
  });
  return { sums, terms };
}

export const NAME = 'countersign';

/** The score itself, then the score without each of its terms. */
export const countersign: Detector = function* (fleet) {
  const scored = fleet.map(scoreAgent);
  yield { detector: NAME, setting: 'as shipped', scores: scored.map(({ sums }) => sums) };
  yield* withoutEach(scored);
};

/** Ablation: the terms' scores stay what they were, and one of them no longer counts. */
function* withoutEach(scored: readonly Scored[]): Iterable<Variant> {
  for (const [number, term] of TERMS.entries()) {
    yield {
      detector: `without ${term}`,
      setting: 'ablation',
      scores: scored.map((one) => without(one, number)),
    };
  }
}

/** Below this sum, an anomaly of 0.2, no threshold is ever set: it is not worth computing what is less than that. */
const LEAST_ABLATED = 0.5;

function without({ sums, terms }: Scored, number: number): Float32Array {
  const left = sums.slice();
  const kept = TERMS.map((name) => ({ name, score: 0 }));
  for (let at = 0; at < sums.length; at++) {
    const from = at * TERMS.length;
    if ((sums[at] ?? 0) < LEAST_ABLATED || (terms[from + number] ?? 0) === 0) continue;
    kept.forEach((term, place) => {
      term.score = place === number ? 0 : (terms[from + place] ?? 0);
    });
    // What caps a young agent's score caps it here, too.
    left[at] = Math.min(sums[at] ?? 0, boundedSum(anomalyOf(kept)));
  }
  return left;
}

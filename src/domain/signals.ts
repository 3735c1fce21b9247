/**
 * What the agent has been doing, as counted in its shard. Counts are over sliding windows kept in six
 * steps, so a window covers between 5/6 and 6/6 of its name. Every number was counted; none is estimated.
 */
export interface Signals {
  readonly requests_10m: number;
  readonly requests_2h: number;
  readonly denials_60m: number;
  /** Scopes of this agent seen in the last hour that were not seen in the two to four weeks before. */
  readonly first_seen_scopes_60m: number;
  readonly first_seen_resources_60m: number;
  /** True when this very request names a scope or a resource not seen in the last two to four weeks. */
  readonly first_seen_now: boolean;
  /** How unlike itself the agent behaves, in [0, 1). */
  readonly anomaly: number;
  /** Too little of the agent was seen to know its ways: under 50 events, or under 12 hours of them. */
  readonly learning: boolean;
  /** What the score is made of: the terms above zero, largest first. Normally empty. */
  readonly terms: readonly SignalTerm[];
}

/** The terms of the score, in the order the scripts number them from 1. */
export const TERM_NAMES = [
  'requests_10m',
  'requests_2h',
  'activity_2h',
  'activity_24h',
  'denials_60m',
  'new_scopes_60m',
  'honey_60m',
  'misuse_60m',
  'after_revocation',
  'growth_7d',
] as const;
export type TermName = (typeof TERM_NAMES)[number];

/** One part of the anomaly score, as `docs/operate/signals.md` lists them. Wire names. */
export interface SignalTerm {
  readonly name: string;
  /** What was counted. */
  readonly value: number;
  /** What the agent's own history lets expect. */
  readonly expected: number;
  /** What it adds to the score before that is mapped to [0, 1). */
  readonly score: number;
}

/**
 * What becomes of an agent's signals at its release. `settled`: what happened of late counts no more, what was learned
 * before stays; `forgotten`: the agent is new again; `kept`: nothing, so that it may be quarantined again at once.
 */
export type ReleasedSignals = 'settled' | 'forgotten' | 'kept';

/** A term as people are told of it. */
export interface SaidTerm extends SignalTerm {
  readonly sentence: string;
}

/** The terms, each with its sentence. */
export function saidOf(terms: readonly SignalTerm[]): readonly SaidTerm[] {
  return terms.map((term) => ({ ...term, sentence: sentenceOf(term) }));
}

const WINDOW = /^(.+)_(\d+)(m|h)$/;
const UNITS: Readonly<Record<string, string>> = { m: 'min', h: 'h' };

/** A term for people: `denials: 14 in 60 min, expected 0.3`. Names that are not known are said as they are. */
export function sentenceOf({ name, value, expected }: SignalTerm): string {
  const [, what = name, length, unit = ''] = WINDOW.exec(name) ?? [];
  const window = length === undefined ? '' : ` in ${length} ${UNITS[unit] ?? unit}`;
  return `${what.replaceAll('_', ' ')}: ${short(value)}${window}, expected ${short(expected)}`;
}

/** Three digits that say something; integers whole. */
function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

/** What is usual for an agent; for one that is not known yet, what is usual in its class. */
export interface SignalPrior {
  /** Mean requests in 10 minutes. */
  readonly requests_10m: number;
  /** Variance over mean of those counts; 1 is what independent requests have. */
  readonly dispersion: number;
  /** Denials for each request. */
  readonly denial_share: number;
  /** First-seen scopes for each request. Resources and clients are expected to be new half as often. */
  readonly novelty_share: number;
}

/** What a new agent is measured by when the fleet has not taught better. */
export const DEFAULT_PRIOR: SignalPrior = {
  requests_10m: 1,
  dispersion: 4,
  denial_share: 0.02,
  novelty_share: 0.02,
};

/** What is kept of one agent, as it would be used now. Members are wire names. */
export interface SignalProfile {
  /** Of the state's format; 0 when nothing is kept. */
  readonly version: number;
  /** Why the state is unreadable, so that the next request resets it; absent when it is readable. */
  readonly fault?: string;
  /** Too few events, or over too short a time: the score stays low. */
  readonly learning: boolean;
  readonly events: number;
  /** Of the first event, in milliseconds since the Unix epoch; absent when there was none. */
  readonly since_ms?: number;
  /** In [0, 1). */
  readonly anomaly: number;
  /** Every term, also those that add nothing, largest first. */
  readonly terms: readonly SignalTerm[];
  /** Expected requests in 10 minutes for each hour of the day in UTC, 24 numbers each. */
  readonly profile: { readonly weekday: readonly number[]; readonly weekend: readonly number[] };
  readonly learned: SignalPrior;
  readonly state_bytes: number;
}

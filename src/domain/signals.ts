/**
 * Signals of an agent, counted in its shard over sliding windows. Counts are exact, not estimated.
 *
 * A window is kept in six steps, so it covers between 5/6 and 6/6 of its nominal length.
 */
export interface Signals {
  readonly requests_10m: number;
  readonly requests_2h: number;
  readonly denials_60m: number;
  /** Scopes seen in the last hour, but not in the two to four weeks before. */
  readonly first_seen_scopes_60m: number;
  readonly first_seen_resources_60m: number;
  /** True when this request names a scope or resource not seen in the last two to four weeks. */
  readonly first_seen_now: boolean;
  /** Anomaly score: deviation from the agent's own history, in [0, 1). */
  readonly anomaly: number;
  /** True while the history is too short: under 50 events, or under 12 hours. */
  readonly learning: boolean;
  /** Terms of the score above zero, largest first. Normally empty. */
  readonly terms: readonly SignalTerm[];
}

/** The terms of the score, in the order of their numbers (from 1) in the Lua scripts. */
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

/** A term of the anomaly score, listed in `docs/operate/signals.md`. Wire names. */
export interface SignalTerm {
  readonly name: string;
  /** The counted value. */
  readonly value: number;
  /** The value expected from the agent's history. */
  readonly expected: number;
  /** Contribution to the score before its mapping to [0, 1). */
  readonly score: number;
}

/**
 * The treatment of an agent's signals at its release from quarantine.
 *
 * `settled` clears recent counts and keeps the learned profile; `forgotten` resets the agent to new; `kept` changes
 * nothing, so the agent may be quarantined again at once.
 */
export type ReleasedSignals = 'settled' | 'forgotten' | 'kept';

/** A score term with its human-readable sentence. */
export interface SaidTerm extends SignalTerm {
  readonly sentence: string;
}

/** Returns the terms, each with its sentence. */
export function saidOf(terms: readonly SignalTerm[]): readonly SaidTerm[] {
  return terms.map((term) => ({ ...term, sentence: sentenceOf(term) }));
}

const WINDOW = /^(.+)_(\d+)(m|h)$/;
const UNITS: Readonly<Record<string, string>> = { m: 'min', h: 'h' };

/** Formats a term: `denials: 14 in 60 min, expected 0.3`. Unknown names are kept as they are. */
export function sentenceOf({ name, value, expected }: SignalTerm): string {
  const [, what = name, length, unit = ''] = WINDOW.exec(name) ?? [];
  const window = length === undefined ? '' : ` in ${length} ${UNITS[unit] ?? unit}`;
  return `${what.replaceAll('_', ' ')}: ${short(value)}${window}, expected ${short(expected)}`;
}

/** Formats a number with three significant digits; integers are exact. */
function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}

/** The expected behaviour of an agent; for a new one, that of its class. */
export interface SignalPrior {
  /** Mean requests in 10 minutes. */
  readonly requests_10m: number;
  /** Variance over mean of those counts; 1 for independent requests. */
  readonly dispersion: number;
  /** Denials per request. */
  readonly denial_share: number;
  /** First-seen scopes per request. First-seen resources and clients are expected half as often. */
  readonly novelty_share: number;
}

/** The prior of a new agent while no class prior is learned. */
export const DEFAULT_PRIOR: SignalPrior = {
  requests_10m: 1,
  dispersion: 4,
  denial_share: 0.02,
  novelty_share: 0.02,
};

/** The current signal state of one agent. Members are wire names. */
export interface SignalProfile {
  /** Version of the state's format; 0 when there is no state. */
  readonly version: number;
  /** Reason why the state is unreadable; the next request resets it. Absent when readable. */
  readonly fault?: string;
  /** True while there are too few events or too short a history: the score stays low. */
  readonly learning: boolean;
  readonly events: number;
  /** Time of the first event, in milliseconds since the Unix epoch; absent without events. */
  readonly since_ms?: number;
  /** In [0, 1). */
  readonly anomaly: number;
  /** All terms, including those of 0, largest first. */
  readonly terms: readonly SignalTerm[];
  /** Expected requests in 10 minutes per hour of the day in UTC, 24 numbers each. */
  readonly profile: { readonly weekday: readonly number[]; readonly weekend: readonly number[] };
  readonly learned: SignalPrior;
  readonly state_bytes: number;
}

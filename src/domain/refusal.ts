import type { AuditEvent } from './audit.js';
import type { RefusalBucket } from './budget.js';
import { maskText } from './secrets/mask.js';
/** Period in milliseconds in which refusals of one agent and bucket form one event. */
export const MINUTE_MS = 60_000;
/** Longest time in milliseconds from the tick of a decision id to the count of its refusal. */
const COUNTED_WITHIN_MS = 10_000;

/**
 * Returns the first and last minute, as numbers since the epoch, that can have counted a refusal decided at `atMs`.
 * The decision id has the tick of the gather; the count follows, at times in the next minute.
 */
export function minutesOfCount(atMs: number): { readonly first: number; readonly last: number } {
  const minuteOf = (ms: number): number => Math.floor(ms / MINUTE_MS);
  return { first: minuteOf(atMs), last: minuteOf(atMs + COUNTED_WITHIN_MS) };
}

/** An open count of refusals: its event follows at the end of its minute. Wire names. */
export interface OpenRefusals {
  readonly agent_id: string;
  readonly bucket: RefusalBucket;
  readonly count: number;
  readonly first_at_ms: number;
  readonly last_at_ms: number;
}

export interface CountedRefusal {
  /** The shard's clock at the count, in milliseconds since the Unix epoch. */
  readonly tickMs: number;
  /** True for the first refusal of its agent, bucket and minute, which the event describes. */
  readonly opened: boolean;
}

/** Counts refusals in the agent's shard. Throws CountersignError 503: every answer must be recorded. */
export interface RefusalCounter {
  /**
   * Counts one refusal; only the `event` of a minute's first refusal is stored.
   * @param denied counts a denial in the agent's signals, too
   */
  count(
    agentId: string,
    bucket: RefusalBucket,
    event: AuditEvent,
    denied?: boolean,
  ): Promise<CountedRefusal>;
}

/** Reads open counts. Throws CountersignError 503. */
export interface OpenRefusalReader {
  ofAgent(agentId: string): Promise<readonly OpenRefusals[]>;
  /** Returns the counts of one shard that can contain a refusal decided at `atMs`, at most 200. */
  ofDecision(shard: number, atMs: number): Promise<readonly OpenRefusals[]>;
}

/** Maximum text lengths of a counted event, in UTF-16 code units, and maximum list lengths. */
export const REFUSAL_BOUNDS = { id: 64, reason: 128, scope: 64, scopes: 8, terms: 3 } as const;
/** Suffix of a truncated text. */
export const CUT_MARK = '…';

const CUT_TEXTS = {
  session_id: REFUSAL_BOUNDS.id,
  task_id: REFUSAL_BOUNDS.id,
  user_id: REFUSAL_BOUNDS.id,
  declared_reason: REFUSAL_BOUNDS.reason,
} as const;

/**
 * Truncates caller-chosen members to `REFUSAL_BOUNDS` and names them in `cut`.
 *
 * Credentials are masked first, because a truncated one would not be recognised later.
 */
export function cutRefusal(event: AuditEvent): AuditEvent {
  const cut: string[] = [];
  const texts: Record<string, string> = {};
  for (const [name, most] of Object.entries(CUT_TEXTS)) {
    const whole = event[name as keyof typeof CUT_TEXTS];
    if (whole === undefined) continue;
    texts[name] = cutText(whole, most);
    if (texts[name].endsWith(CUT_MARK) && texts[name] !== whole) cut.push(name);
  }
  const { scopes_requested: scopes, signals } = event;
  const shown = scopes
    ?.slice(0, REFUSAL_BOUNDS.scopes)
    .map((one) => cutText(one, REFUSAL_BOUNDS.scope));
  if (scopes?.some((one, at) => shown?.[at] !== one) === true) cut.push('scopes_requested');
  const terms = signals?.slice(0, REFUSAL_BOUNDS.terms);
  if (terms?.length !== signals?.length) cut.push('signals');
  return {
    ...event,
    ...texts,
    ...(shown === undefined ? {} : { scopes_requested: shown }),
    ...(terms === undefined ? {} : { signals: terms }),
    ...(cut.length === 0 ? {} : { cut }),
  };
}

function cutText(text: string, most: number): string {
  const clean = maskText(text);
  if (clean.length <= most) return clean;
  // Never split a surrogate pair: a lone surrogate is not valid Unicode.
  const end = /[\uD800-\uDBFF]/.test(clean.charAt(most - 1)) ? most - 1 : most;
  return `${clean.slice(0, end)}${CUT_MARK}`;
}

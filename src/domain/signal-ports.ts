import type { AuditEvent } from './audit.js';
import type { SignalPrior, SignalProfile } from './signals.js';

/** Reads and resets agents' signal state. Throws CountersignError 503 when the store is unreachable. */
export interface SignalReader {
  /** Returns the profile without counting; undefined for an agent that is new, reset or long inactive. */
  read(agentId: string): Promise<SignalProfile | undefined>;
  /** Returns the whole state, decoded; undefined as in `read`. */
  export(agentId: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Deletes the state and records the event, atomically. */
  reset(agentId: string, event: AuditEvent): Promise<void>;
}

/** Decisions of one agent in 10-minute cells: columns of equal length, without empty cells. */
export interface SignalSeries {
  /** Start of cell 0, in milliseconds since the Unix epoch, a multiple of the step. */
  readonly from_ms: number;
  readonly step_seconds: number;
  readonly cells: {
    /** Ascending cell numbers; a cell starts at `from_ms + index × step`. */
    readonly index: readonly number[];
    /** All decisions: granted, denied, for review, rate limited. */
    readonly requests: readonly number[];
    readonly granted: readonly number[];
    readonly denials: readonly number[];
    readonly rate_limited: readonly number[];
    /** Largest score of the cell; null when no event has one. */
    readonly anomaly: readonly (number | null)[];
  };
}

/** Reads series from the audit store. */
export interface SignalHistory {
  /**
   * Returns the cells from `sinceMs` to `untilMs`, at most 14 days, or a text with the reason why there are none.
   *
   * Reasons: the store is on another machine, is not upgraded, or cannot be read.
   */
  series(agentId: string, sinceMs: number, untilMs: number): Promise<SignalSeries | string>;
}

/** The signal priors of agent classes, from memory. */
export interface SignalPriors {
  of(agentClass: string): SignalPrior;
}

/** The store of the fleet's priors and of agent samples. Throws CountersignError 503. */
export interface PriorStore {
  /** Returns the document's text; undefined when none was written. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
  /** Returns the ids of at most `count` random, distinct agents of a shard. */
  sample(shard: number, count: number): Promise<readonly string[]>;
}

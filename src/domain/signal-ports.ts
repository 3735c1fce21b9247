import type { AuditEvent } from './audit.js';
import type { SignalPrior, SignalProfile } from './signals.js';

/** What is kept of one agent's behaviour. Every method throws CountersignError 503 when the store cannot be reached. */
export interface SignalReader {
  /** Undefined when nothing is kept: the agent never asked, was reset, or was silent for long. Counts nothing. */
  read(agentId: string): Promise<SignalProfile | undefined>;
  /** The whole state, decoded. Undefined as in `read`. */
  export(agentId: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Forgets it and records the event, in one step. */
  reset(agentId: string, event: AuditEvent): Promise<void>;
}

/** Decisions of one agent by 10-minute cells. Columns of one length; cells without a request are left out. */
export interface SignalSeries {
  /** Start of cell 0, in milliseconds since the Unix epoch, a multiple of the step. */
  readonly from_ms: number;
  readonly step_seconds: number;
  readonly cells: {
    /** Which cell: it starts at `from_ms + index × step`. Rising. */
    readonly index: readonly number[];
    /** All decisions: granted, denied, for review, rate limited. */
    readonly requests: readonly number[];
    readonly granted: readonly number[];
    readonly denials: readonly number[];
    readonly rate_limited: readonly number[];
    /** The largest score of the cell; null when none of its events has one. */
    readonly anomaly: readonly (number | null)[];
  };
}

/** Reads series from the audit store. */
export interface SignalHistory {
  /**
   * Cells from the one of `sinceMs` to the one of `untilMs`, at most 14 days. A text instead says why there is none:
   * the store is not on this machine, is not upgraded, or cannot be read.
   */
  series(agentId: string, sinceMs: number, untilMs: number): Promise<SignalSeries | string>;
}

/** What new agents of a class are measured by, from memory. */
export interface SignalPriors {
  of(agentClass: string): SignalPrior;
}

/** Where the fleet's priors are kept, and the agents they are learned from. Throws CountersignError 503. */
export interface PriorStore {
  /** The document's text; undefined when none was written. */
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
  /** Ids of at most `count` agents of a shard, by chance, each once. */
  sample(shard: number, count: number): Promise<readonly string[]>;
}

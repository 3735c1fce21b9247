import type { AuditEvent } from './audit.js';
import type { BudgetLimit, PutLimits, RateState } from './budget.js';
/** A budget that several agents share. */
export type SharedBudget = { readonly owner: string } | 'global';

export interface LeaseRequest {
  readonly budget: SharedBudget;
  readonly limit: BudgetLimit;
  /** Units; `need` is at least 1 and at most the burst. */
  readonly need: number;
  /** At least `need`. */
  readonly want: number;
}

/** Units that left the budget for the instance that asked; 0 when it held fewer than were needed. */
export interface Lease {
  readonly granted: number;
  /** Units that are still there for everybody. */
  readonly remaining: number;
  /** Until what was needed would be granted; 0 when it was. */
  readonly waitMs: number;
}

/** Where the shared budgets are kept, each in one shard. */
export interface BudgetStore {
  /** Between `need` and `want` units, or none. Throws CountersignError 503. */
  lease(request: LeaseRequest): Promise<Lease>;
}

/** Who asks the policy questions: each caller has one budget for them. */
export interface EvaluationCharge {
  readonly caller: { readonly kind: 'agent' | 'resource_server'; readonly id: string };
  /** 1 to the burst. */
  readonly evaluations: number;
  readonly limit: BudgetLimit;
  /** Recorded when the budget has too few left: at most once a minute for one caller. */
  readonly refusal: AuditEvent;
}

/** The budgets of evaluations, exact over all instances. */
export interface EvaluationBudget {
  /**
   * Takes all the evaluations, or none and returns how long to wait, in milliseconds; 0 when they were taken. Throws
   * CountersignError 503.
   */
  charge(request: EvaluationCharge): Promise<number>;
}

/** The budgets that agents share, spent in process from what is leased. */
export interface SharedBudgets {
  /**
   * Takes `cost` units from every shared budget that applies, or from none when one of them is empty (`limited`).
   * Undefined when none applies. Throws CountersignError 503, also past the deadline: then nothing may be granted.
   */
  take(
    owner: string | undefined,
    cost: number,
    deadlineMs: number,
  ): Promise<SharedRate | undefined>;
}

export type SharedRate = RateState & { readonly bucket: 'owner' | 'global' };

/** The limits put through the admin API. */
export interface LimitsDocument {
  /** One more with each change; 0 when nothing was ever put. */
  readonly version: number;
  /** Null: those of the configuration are in force. */
  readonly limits: PutLimits | null;
}

/** Why what is stored is no limits document: a key of another type, no JSON, or JSON of another shape. */
export type LimitsFault = 'other_type' | 'not_json' | 'malformed';

/** What was found where the limits are stored; the version is 0 when there is none. */
export type FoundLimits =
  | (LimitsDocument & { readonly fault?: undefined })
  | { readonly version: number; readonly limits?: undefined; readonly fault: LimitsFault };

/** With the text that a compare-and-set needs; it says nothing else. */
export type StoredLimits = FoundLimits & { readonly basis: string };

export interface LimitsStore {
  /** Throws CountersignError 503 when the store cannot be reached; what cannot be read is a `fault`. */
  read(): Promise<StoredLimits>;
  /** Replaces what is stored while it is still what was read, and records the event in the same step. */
  replace(before: StoredLimits, next: LimitsDocument, event: AuditEvent): Promise<boolean>;
}

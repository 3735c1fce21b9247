import type { AuditEvent } from './audit.js';
import type { BudgetLimit, PutLimits, RateState } from './budget.js';
/** A budget shared by several agents. */
export type SharedBudget = { readonly owner: string } | 'global';

export interface LeaseRequest {
  readonly budget: SharedBudget;
  readonly limit: BudgetLimit;
  /** Units; `need` is at least 1 and at most the burst. */
  readonly need: number;
  /** At least `need`. */
  readonly want: number;
}

/** Units moved from the budget to this instance; 0 when it held fewer than needed. */
export interface Lease {
  readonly granted: number;
  /** Units left in the shared budget. */
  readonly remaining: number;
  /** Time until the needed units would be granted, in milliseconds; 0 when they were. */
  readonly waitMs: number;
}

/** The store of the shared budgets, each in one shard. */
export interface BudgetStore {
  /** Leases between `need` and `want` units, or none. Throws CountersignError 503. */
  lease(request: LeaseRequest): Promise<Lease>;
}

/** The caller of evaluations; each has one budget. */
export interface EvaluationCharge {
  readonly caller: { readonly kind: 'agent' | 'resource_server'; readonly id: string };
  /** 1 to the burst. */
  readonly evaluations: number;
  readonly limit: BudgetLimit;
  /** Event to record when the budget is too low, at most once a minute per caller. */
  readonly refusal: AuditEvent;
}

/** The evaluation budgets, exact across all instances. */
export interface EvaluationBudget {
  /**
   * Takes all the evaluations, or none. Returns the time to wait, in milliseconds; 0 when they were taken.
   * Throws CountersignError 503.
   */
  charge(request: EvaluationCharge): Promise<number>;
}

/** The shared budgets, spent in process from leased units. */
export interface SharedBudgets {
  /**
   * Takes `cost` units from every shared budget that applies, or from none when one is empty (`limited`).
   * Returns undefined when none applies. Throws CountersignError 503, also past the deadline: the request is refused.
   */
  take(
    owner: string | undefined,
    cost: number,
    deadlineMs: number,
  ): Promise<SharedRate | undefined>;
}

export type SharedRate = RateState & { readonly bucket: 'owner' | 'global' };

/** The limits set through the admin API. */
export interface LimitsDocument {
  /** Incremented by each change; 0 before the first. */
  readonly version: number;
  /** Null: the configured limits are in force. */
  readonly limits: PutLimits | null;
}

/** The fault of a stored limits document: wrong key type, no JSON, or JSON of another shape. */
export type LimitsFault = 'other_type' | 'not_json' | 'malformed';

/** The stored limits or their fault; the version is 0 when none are stored. */
export type FoundLimits =
  | (LimitsDocument & { readonly fault?: undefined })
  | { readonly version: number; readonly limits?: undefined; readonly fault: LimitsFault };

/** The stored limits with `basis`, the opaque text that a compare-and-set needs. */
export type StoredLimits = FoundLimits & { readonly basis: string };

export interface LimitsStore {
  /** Reads the limits; an unreadable document is a `fault`. Throws CountersignError 503. */
  read(): Promise<StoredLimits>;
  /** Replaces the limits by compare-and-set and records the event atomically with them. */
  replace(before: StoredLimits, next: LimitsDocument, event: AuditEvent): Promise<boolean>;
}

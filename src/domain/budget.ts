import { scopeCovers, RISKS, type Risk, type ScopeSpec } from './scope.js';

/** The name of a budget: of an agent, an agent on one resource, an owner's agents, or all agents. */
export type BudgetName = 'agent' | 'agent_resource' | 'owner' | 'global';

/** A budget: the burst, in units, and the units regained per minute. */
export interface BudgetLimit {
  readonly per_minute: number;
  readonly burst: number;
}

/** The limits of the shared budgets. */
export interface SharedLimits {
  /** Limit of every owner that is not in `owners`; absent: none. */
  readonly owner?: BudgetLimit;
  readonly owners: Readonly<Record<string, BudgetLimit>>;
  /** Limit of all agents together; absent: none. */
  readonly global?: BudgetLimit;
}

/** Cost of a request in units, by the highest risk among the requested scopes. */
export type ScopeCosts = Readonly<Record<Risk, number>>;

/** Maximum cost of a scope, in units. */
export const MAX_COST = 1000;

/** Limits that replace those of the configuration. */
export interface PutLimits extends SharedLimits {
  /** Costs by risk; the configured cost applies to a risk that is absent. */
  readonly cost?: Partial<ScopeCosts>;
}

/** The limits of the configuration, complete. */
export interface ConfiguredLimits {
  readonly shared: SharedLimits;
  readonly cost: ScopeCosts;
}

/** The limits in force. */
export interface LimitsInForce {
  /** The budgets, and the costs set through the admin API. */
  readonly limits: PutLimits;
  readonly cost: ScopeCosts;
}

/** Returns the limits in force: all budgets as put, and the configured cost of each risk not put. */
export function inForce(put: PutLimits | null, configured: ConfiguredLimits): LimitsInForce {
  return {
    limits: put ?? configured.shared,
    cost: { ...configured.cost, ...put?.cost },
  };
}

/** Returns true for a stored value in the shape of limits. */
export function isPutLimits(value: unknown): value is PutLimits {
  if (!isObject(value) || !isObject(value['owners'])) return false;
  const optional = [value['owner'], value['global']].filter((one) => one !== undefined);
  if (![...optional, ...Object.values(value['owners'])].every(isLimit)) return false;
  return value['cost'] === undefined || isCost(value['cost']);
}

function isCost(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([risk, units]) =>
      (RISKS as readonly string[]).includes(risk) &&
      Number.isInteger(units) &&
      Number(units) >= 1 &&
      Number(units) <= MAX_COST,
  );
}

function isLimit(value: unknown): boolean {
  if (!isObject(value)) return false;
  return [value['per_minute'], value['burst']].every(
    (one) => Number.isSafeInteger(one) && Number(one) >= 1,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the microseconds per regained unit, rounded up so that the rate is never exceeded. */
export function intervalMicros(perMinute: number): number {
  return Math.ceil(60_000_000 / perMinute);
}

/**
 * Returns the cost of a request in units: the largest cost among its scopes.
 *
 * A scope costs as much as the riskiest catalogue entry that covers it or that its wildcard covers. A scope outside
 * every entry costs as much as a critical one. So does a honey scope: the units left must not tell it from an unknown
 * one.
 */
export function costOf(
  scopes: readonly string[],
  catalogue: readonly Pick<ScopeSpec, 'name' | 'risk' | 'honey'>[],
  costs: ScopeCosts,
): number {
  const entries = catalogue.filter(({ honey }) => honey !== true);
  const costOfScope = (scope: string): number => {
    const lying = entries.filter(({ name }) => scopeCovers(name, scope));
    if (lying.length === 0) return costs.critical;
    const reached = entries.filter(({ name }) => scopeCovers(scope, name));
    return Math.max(...[...lying, ...reached].map(({ risk }) => costs[risk]));
  };
  return Math.max(1, ...scopes.map(costOfScope));
}

/** The state of a request budget after a request, for `Retry-After` and the RateLimit headers. */
export interface RateState {
  readonly limited: boolean;
  /** The reported budget: the empty one, else the one that admits the fewest repeats of this request. */
  readonly bucket: BudgetName;
  /** Burst in units, and units regained per minute. */
  readonly limit: number;
  readonly perMinute: number;
  /** Units left. */
  readonly remaining: number;
  /** Time until this request would be admitted, without other requests. */
  readonly retryAfterMs: number;
  /** Time until the budget is full. */
  readonly resetMs: number;
}

/** Buckets of refusals that are counted per minute: an empty budget, a quarantine, or a policy without fuel. */
export const REFUSAL_BUCKETS = [
  'agent',
  'agent_resource',
  'owner',
  'global',
  'quarantine',
  'policy_budget',
] as const satisfies readonly (BudgetName | 'quarantine' | 'policy_budget')[];

export type RefusalBucket = (typeof REFUSAL_BUCKETS)[number];

import { scopeCovers, RISKS, type Risk, type ScopeSpec } from './scope.js';

/** Which budget: of an agent, of an agent on one resource, of all agents of one owner, of all agents. */
export type BudgetName = 'agent' | 'agent_resource' | 'owner' | 'global';

/** A budget: units at once, and what comes back in a minute. */
export interface BudgetLimit {
  readonly per_minute: number;
  readonly burst: number;
}

/** Budgets that agents share. */
export interface SharedLimits {
  /** Of every owner that is not in `owners`; absent: none. */
  readonly owner?: BudgetLimit;
  readonly owners: Readonly<Record<string, BudgetLimit>>;
  /** Of all agents together; absent: none. */
  readonly global?: BudgetLimit;
}

/** Units that a request costs, by the risk of the riskiest scope it asks for. */
export type ScopeCosts = Readonly<Record<Risk, number>>;

/** The most that a scope may cost. */
export const MAX_COST = 1000;

/** What is put in place of the configuration's limits. */
export interface PutLimits extends SharedLimits {
  /** Of a risk that is not named, what the configuration says. */
  readonly cost?: Partial<ScopeCosts>;
}

/** All that the configuration says. */
export interface ConfiguredLimits {
  readonly shared: SharedLimits;
  readonly cost: ScopeCosts;
}

/** The limits in force. */
export interface LimitsInForce {
  /** The budgets, and the costs that were put. */
  readonly limits: PutLimits;
  readonly cost: ScopeCosts;
}

/** Budgets are as they were put, all of them; a cost that was not put is the configuration's. */
export function inForce(put: PutLimits | null, configured: ConfiguredLimits): LimitsInForce {
  return {
    limits: put ?? configured.shared,
    cost: { ...configured.cost, ...put?.cost },
  };
}

/** Whether a value that was stored has the shape of limits. */
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

/** How often one unit comes back, rounded up: the rate never exceeds what is written. */
export function intervalMicros(perMinute: number): number {
  return Math.ceil(60_000_000 / perMinute);
}

/**
 * What a request costs: the largest cost among its scopes. A scope costs what the riskiest entry costs that it lies
 * in or reaches by a wildcard, and as a critical one when it lies in none.
 */
export function costOf(
  scopes: readonly string[],
  catalogue: readonly Pick<ScopeSpec, 'name' | 'risk'>[],
  costs: ScopeCosts,
): number {
  const costOfScope = (scope: string): number => {
    const lying = catalogue.filter(({ name }) => scopeCovers(name, scope));
    if (lying.length === 0) return costs.critical;
    const reached = catalogue.filter(({ name }) => scopeCovers(scope, name));
    return Math.max(...[...lying, ...reached].map(({ risk }) => costs[risk]));
  };
  return Math.max(1, ...scopes.map(costOfScope));
}

/** A request budget's state after this request, for `Retry-After` and the RateLimit headers. */
export interface RateState {
  readonly limited: boolean;
  /** The budget that is told of: the empty one, else the one that admits the fewest more of the same request. */
  readonly bucket: BudgetName;
  /** Units at once, and what comes back in a minute. */
  readonly limit: number;
  readonly perMinute: number;
  /** Units that are left. */
  readonly remaining: number;
  /** Until the same request would be admitted (again), if nobody else asked. */
  readonly retryAfterMs: number;
  /** Until the budget is full. */
  readonly resetMs: number;
}

/** Refusals that are counted and not recorded one by one: of an empty budget, or of an agent in quarantine. */
export const REFUSAL_BUCKETS = [
  'agent',
  'agent_resource',
  'owner',
  'global',
  'quarantine',
] as const satisfies readonly (BudgetName | 'quarantine')[];

export type RefusalBucket = (typeof REFUSAL_BUCKETS)[number];

import {
  inForce,
  type BudgetLimit,
  type ConfiguredLimits,
  type LimitsInForce,
  type PutLimits,
  type ScopeCosts,
  type SharedLimits,
} from '../../domain/budget.js';
import { RISKS, type Risk } from '../../domain/scope.js';
import type {
  FoundLimits,
  LimitsDocument,
  LimitsFault,
  LimitsStore,
  StoredLimits,
} from '../../domain/budget-ports.js';
import { CountersignError } from '../../domain/errors.js';
import type { AdminContext } from './context.js';

/** The shared budgets and the request costs. Members are wire names. */
export interface LimitsView {
  /** Incremented by each change through the API; 0 before the first. */
  readonly version: number;
  /** Origin of the limits in force. */
  readonly source: 'api' | 'config' | 'unreadable';
  /** Fault of an unreadable stored document. */
  readonly fault?: LimitsFault;
  /**
   * The budgets in force, and the costs set through the API.
   * With an unreadable document, those of the answering instance, which may know none.
   */
  readonly limits?: PutLimits;
  /** Request costs in force, likewise. */
  readonly cost?: ScopeCosts;
  /** Limits in the configuration of the answering instance. */
  readonly configured: SharedLimits & { readonly cost: ScopeCosts };
}

export interface LimitsOperations {
  show(): Promise<LimitsView>;
  /** Replaces all limits by compare-and-set on the version; throws `conflict`. */
  put(
    limits: PutLimits,
    expectedVersion: number,
    reason: string | undefined,
    context: AdminContext,
  ): Promise<LimitsView>;
  /** Restores the configured limits. */
  reset(context: AdminContext): Promise<LimitsView>;
}

export interface LimitsOperationsDeps {
  readonly store: LimitsStore;
  readonly configured: ConfiguredLimits;
  /** The limits in use by this instance. */
  readonly live: {
    known(): LimitsInForce | undefined;
    /** Loads the stored limits. */
    refresh(): Promise<void>;
  };
}

const CAS_TRIES = 5;
/** Maximum changes listed in one event; further ones are counted. */
const MAX_CHANGES = 50;

/** Creates the operations that show the shared limits and change them on every instance. */
export function createLimitsOperations(deps: LimitsOperationsDeps): LimitsOperations {
  const { store } = deps;
  return {
    show: async () => viewOf(deps, await store.read()),
    async put(limits, expectedVersion, reason, context) {
      const before = await store.read();
      if (before.version !== expectedVersion) throw conflict();
      const after = await replace(deps, before, limits, reason, context);
      if (after === undefined) throw conflict();
      return viewOf(deps, after);
    },
    async reset(context) {
      for (let tries = 0; tries < CAS_TRIES; tries++) {
        const before = await store.read();
        // An unreadable document is replaced like any other.
        if (before.limits === null) return viewOf(deps, before);
        const after = await replace(deps, before, null, undefined, context);
        if (after !== undefined) return viewOf(deps, after);
      }
      throw conflict();
    },
  };
}

/** Replaces the limits; returns undefined when the compare-and-set was lost. */
async function replace(
  deps: LimitsOperationsDeps,
  before: StoredLimits,
  limits: PutLimits | null,
  reason: string | undefined,
  { principal, requestId }: AdminContext,
): Promise<LimitsDocument | undefined> {
  const { store, configured, live } = deps;
  const after = { version: before.version + 1, limits };
  // Without known previous limits, all limits are listed as new.
  const changes = changesBetween(inUse(deps, before), inForce(limits, configured));
  const written = await store.replace(before, after, {
    type: 'limits.changed',
    request_id: requestId,
    principal,
    detail: {
      version: after.version,
      source: limits === null ? 'config' : 'api',
      ...(before.fault === undefined ? {} : { mended: before.fault }),
      changes: changes.slice(0, MAX_CHANGES),
      ...(changes.length > MAX_CHANGES ? { more: changes.length - MAX_CHANGES } : {}),
      ...(reason === undefined ? {} : { reason }),
    },
  });
  if (!written) return undefined;
  // The limits are stored: an instance that fails to read them now retries at its next refresh.
  await live.refresh().catch(() => undefined);
  return after;
}

function viewOf(deps: LimitsOperationsDeps, found: FoundLimits): LimitsView {
  const { version, limits, fault } = found;
  return {
    version,
    source: fault !== undefined ? 'unreadable' : limits === null ? 'config' : 'api',
    ...(fault === undefined ? {} : { fault }),
    ...inUse(deps, found),
    configured: { ...deps.configured.shared, cost: deps.configured.cost },
  };
}

function inUse(
  { configured, live }: LimitsOperationsDeps,
  found: FoundLimits,
): LimitsInForce | undefined {
  return found.fault === undefined ? inForce(found.limits, configured) : live.known();
}

type Change =
  | { readonly cost: Risk; readonly from: number | null; readonly to: number }
  | {
      readonly budget: string;
      readonly from: BudgetLimit | null;
      readonly to: BudgetLimit | null;
    };

/** Lists changes, costs first: truncation must not remove those that affect all agents. */
function changesBetween(
  before: LimitsInForce | undefined,
  after: LimitsInForce,
): readonly Change[] {
  const costs = RISKS.map((risk) => ({
    cost: risk,
    from: before?.cost[risk] ?? null,
    to: after.cost[risk],
  })).filter(({ from, to }) => from !== to);
  const from = byName(before?.limits ?? { owners: {} });
  const to = byName(after.limits);
  const budgets = [...new Set([...from.keys(), ...to.keys()])]
    .map((budget) => ({ budget, from: from.get(budget) ?? null, to: to.get(budget) ?? null }))
    .filter((one) => JSON.stringify(one.from) !== JSON.stringify(one.to));
  return [...costs, ...budgets];
}

function byName({ global, owner, owners }: SharedLimits): Map<string, BudgetLimit> {
  const named = new Map<string, BudgetLimit>();
  const add = (name: string, limit: BudgetLimit | undefined): void => {
    if (limit === undefined) return;
    named.set(name, { per_minute: limit.per_minute, burst: limit.burst });
  };
  add('global', global);
  add('owner', owner);
  for (const [name, limit] of Object.entries(owners)) add(`owners.${name}`, limit);
  return named;
}

function conflict(): CountersignError {
  return new CountersignError('conflict', 'The limits were changed concurrently.');
}

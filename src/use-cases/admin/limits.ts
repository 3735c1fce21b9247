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

/** The budgets that agents share and what requests cost, as they are set. Members are wire names. */
export interface LimitsView {
  /** One more with each change through the API; 0 before the first. */
  readonly version: number;
  /** Whose limits are in force. */
  readonly source: 'api' | 'config' | 'unreadable';
  /** Why what is stored cannot be read, when it cannot. */
  readonly fault?: LimitsFault;
  /**
   * The budgets in force, and the costs that were put; when what is stored cannot be read, of the instance that answers,
   * which may know none.
   */
  readonly limits?: PutLimits;
  /** What requests cost, likewise. */
  readonly cost?: ScopeCosts;
  /** What the configuration of the instance that answers says. */
  readonly configured: SharedLimits & { readonly cost: ScopeCosts };
}

export interface LimitsOperations {
  show(): Promise<LimitsView>;
  /** Replaces all of them when the version is still the one named; throws `conflict`. */
  put(
    limits: PutLimits,
    expectedVersion: number,
    reason: string | undefined,
    context: AdminContext,
  ): Promise<LimitsView>;
  /** Goes back to the configuration's. */
  reset(context: AdminContext): Promise<LimitsView>;
}

export interface LimitsOperationsDeps {
  readonly store: LimitsStore;
  readonly configured: ConfiguredLimits;
  /** What this instance goes by. */
  readonly live: {
    known(): LimitsInForce | undefined;
    /** Takes what was stored. */
    refresh(): Promise<void>;
  };
}

const CAS_TRIES = 5;
/** Changes that one event lists; what is more is counted. */
const MAX_CHANGES = 50;

/** Looking at the shared limits and changing them on every instance. */
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
        // What cannot be read is replaced like any other.
        if (before.limits === null) return viewOf(deps, before);
        const after = await replace(deps, before, null, undefined, context);
        if (after !== undefined) return viewOf(deps, after);
      }
      throw conflict();
    },
  };
}

/** Undefined when somebody else was faster. */
async function replace(
  deps: LimitsOperationsDeps,
  before: StoredLimits,
  limits: PutLimits | null,
  reason: string | undefined,
  { principal, requestId }: AdminContext,
): Promise<LimitsDocument | undefined> {
  const { store, configured, live } = deps;
  const after = { version: before.version + 1, limits };
  // Where nothing is known of what was in force, everything is listed as new.
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
  // It is stored: an instance that cannot read it now takes it with its next look.
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

/** Costs first: a list that is cut must not lose what concerns everybody. */
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
  return new CountersignError('conflict', 'The limits were changed meanwhile.');
}

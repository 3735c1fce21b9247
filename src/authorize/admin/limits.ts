import type { BudgetLimit, SharedLimits } from '../../domain/budget.js';
import type {
  LimitsDocument,
  LimitsFault,
  LimitsStore,
  StoredLimits,
} from '../../domain/budget-ports.js';
import { CountersignError } from '../../domain/errors.js';
import type { AdminContext } from '../operations.js';

/** The budgets that agents share, as they are set. Members are wire names. */
export interface LimitsView {
  /** One more with each change through the API; 0 before the first. */
  readonly version: number;
  /** Whose limits are in force. */
  readonly source: 'api' | 'config' | 'unreadable';
  /** Why what is stored cannot be read, when it cannot. */
  readonly fault?: LimitsFault;
  /** In force; when what is stored cannot be read, on the instance that answers, which may know none. */
  readonly limits?: SharedLimits;
  /** What the configuration of the instance that answers says. */
  readonly configured: SharedLimits;
}

export interface LimitsOperations {
  show(): Promise<LimitsView>;
  /** Replaces all of them when the version is still the one named; throws `conflict`. */
  put(
    limits: SharedLimits,
    expectedVersion: number,
    reason: string | undefined,
    context: AdminContext,
  ): Promise<LimitsView>;
  /** Goes back to the configuration's. */
  reset(context: AdminContext): Promise<LimitsView>;
}

export interface LimitsOperationsDeps {
  readonly store: LimitsStore;
  readonly configured: SharedLimits;
  /** What this instance goes by. */
  readonly live: {
    known(): SharedLimits | undefined;
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
  limits: SharedLimits | null,
  reason: string | undefined,
  { principal, requestId }: AdminContext,
): Promise<LimitsDocument | undefined> {
  const { store, configured, live } = deps;
  const after = { version: before.version + 1, limits };
  // Where nothing is known of what was in force, everything is listed as new.
  const from = inForce(deps, before) ?? { owners: {} };
  const changes = changesBetween(from, limits ?? configured);
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

function viewOf(
  deps: LimitsOperationsDeps,
  stored: Pick<StoredLimits, 'version' | 'limits' | 'fault'>,
): LimitsView {
  const { version, limits, fault } = stored;
  const inUse = inForce(deps, stored);
  return {
    version,
    source: fault !== undefined ? 'unreadable' : limits === null ? 'config' : 'api',
    ...(fault === undefined ? {} : { fault }),
    ...(inUse === undefined ? {} : { limits: inUse }),
    configured: deps.configured,
  };
}

function inForce(
  { configured, live }: LimitsOperationsDeps,
  { limits, fault }: Pick<StoredLimits, 'limits' | 'fault'>,
): SharedLimits | undefined {
  return fault === undefined ? (limits ?? configured) : live.known();
}

interface Change {
  readonly budget: string;
  readonly from: BudgetLimit | null;
  readonly to: BudgetLimit | null;
}

function changesBetween(before: SharedLimits, after: SharedLimits): readonly Change[] {
  const from = byName(before);
  const to = byName(after);
  return [...new Set([...from.keys(), ...to.keys()])]
    .map((budget) => ({ budget, from: from.get(budget) ?? null, to: to.get(budget) ?? null }))
    .filter((one) => JSON.stringify(one.from) !== JSON.stringify(one.to));
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

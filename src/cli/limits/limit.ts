import { MAX_COST } from '../../domain/budget.js';
import { RISKS } from '../../domain/scope.js';
import { isTree, type Tree } from '../../config/tree.js';
import { usage } from '../failure.js';

/** A budget given on the command line, or none. */
export type GivenLimit = { readonly per_minute: number; readonly burst: number } | undefined;

/** Parses `600:60`, 600 per minute with a burst of 60; `none` is no budget. Throws a usage error. */
export function limitOf(text: string, none: string): GivenLimit {
  if (text === none) return undefined;
  const [, perMinute, burst] = /^([1-9][0-9]{0,6}):([1-9][0-9]{0,6})$/.exec(text) ?? [];
  if (perMinute === undefined || burst === undefined) {
    throw usage(`${text} is not a limit: write <per minute>:<burst>, such as 600:60, or ${none}`);
  }
  return { per_minute: Number(perMinute), burst: Number(burst) };
}

/** Applies costs such as `high=4` or `high=default`. Throws a usage error. */
function costsOf(costs: unknown, given: readonly string[]): Readonly<Record<string, unknown>> {
  const changed = new Map(Object.entries(isTree(costs) ? costs : {}));
  for (const text of given) {
    const [, risk = '', units = ''] = /^([a-z]+)=([1-9][0-9]{0,3}|default)$/.exec(text) ?? [];
    if (!RISKS.some((known) => known === risk) || Number(units) > MAX_COST) {
      throw usage(
        `${text} is not a cost: write <risk>=<1 to 1000>, such as high=4, or <risk>=default`,
      );
    }
    if (units === 'default') changed.delete(risk);
    else changed.set(risk, Number(units));
  }
  return Object.fromEntries(changed);
}

/** Returns a changed copy of the limits in force. */
export function edited(
  limits: Tree,
  { global, owner, for: named, cost = [] }: LimitOptions,
): Readonly<Record<string, unknown>> {
  const owners = new Map(Object.entries(isTree(limits['owners']) ? limits['owners'] : {}));
  for (const text of named ?? []) {
    const at = text.lastIndexOf('=');
    if (at < 1) throw usage(`${text} names no owner: write <owner>=<per minute>:<burst>`);
    const limit = limitOf(text.slice(at + 1), 'default');
    if (limit === undefined) owners.delete(text.slice(0, at));
    else owners.set(text.slice(0, at), limit);
  }
  return {
    global: global === undefined ? limits['global'] : limitOf(global, 'off'),
    owner: owner === undefined ? limits['owner'] : limitOf(owner, 'off'),
    owners: Object.fromEntries(owners),
    cost: costsOf(limits['cost'], cost),
  };
}

export interface LimitOptions {
  readonly global?: string;
  readonly owner?: string;
  readonly for?: readonly string[];
  readonly cost?: readonly string[];
}

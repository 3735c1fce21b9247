import { MAX_COST, type BudgetLimit } from '../domain/budget.js';
import type { Config } from './config.js';
import type { ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';
import { integer, object, type Schema } from './schema-parts.js';
const cost = (scope: string, units: number): Schema =>
  integer(`Cost in units of a request for a scope of ${scope}.`, 1, MAX_COST, units);

const budget = (description: string, agents: string): Schema =>
  object(description, {
    per_minute: integer(`Units per minute that ${agents} get back.`, 1, 1_000_000),
    burst: integer(`Units that ${agents} may use at once.`, 1, 1_000_000),
  });

/** The schema of the shared request budgets and costs. */
export const LIMITS_SCHEMA: Schema = object(
  'Request budgets, in addition to the budget of each agent.',
  {
    cost: object('Cost of a request: the largest cost among its scopes.', {
      low: cost('low risk', 1),
      medium: cost('medium risk', 1),
      high: cost('high risk', 2),
      critical: cost('critical risk, or outside the catalogue', 5),
    }),
    owner: budget(
      'Budget of all agents of one owner: both members or neither. Absent: no such budget.',
      'the agents of one owner',
    ),
    owners: {
      type: 'object',
      description: 'Budgets of single owners, in place of `limits.owner`.',
      additionalProperties: {
        ...budget('Budget of one owner.', 'the agents of this owner'),
        required: ['per_minute', 'burst'],
      },
    },
    global: budget(
      'Budget of all agents: both members or neither. Absent: no such budget.',
      'all agents together',
    ),
  },
);

/** Reports budgets with only one of their two members. */
export function limitsProblems(raw: RawConfig['limits']): ConfigProblem[] {
  return (['owner', 'global'] as const)
    .filter((name) => (raw[name].per_minute === undefined) !== (raw[name].burst === undefined))
    .map((name) => ({ where: `/limits/${name}`, message: 'needs both per_minute and burst' }));
}

/** Returns the section as limits of the domain. */
export function limitsOf(raw: RawConfig['limits']): Config['limits'] {
  const owner = whole(raw.owner);
  const global = whole(raw.global);
  return {
    cost: raw.cost,
    shared: {
      ...(owner === undefined ? {} : { owner }),
      owners: raw.owners ?? {},
      ...(global === undefined ? {} : { global }),
    },
  };
}

function whole({ per_minute, burst }: Partial<BudgetLimit>): BudgetLimit | undefined {
  return per_minute === undefined || burst === undefined ? undefined : { per_minute, burst };
}

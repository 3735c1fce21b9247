import { MAX_COST, type BudgetLimit } from '../domain/budget.js';
import type { Config } from './config.js';
import type { ConfigProblem } from './problems.js';
import type { RawLimits } from './raw.js';
import { integer, object, type Schema } from './schema-parts.js';
const cost = (risk: string, units: number): Schema =>
  integer(`Units that a request for a scope of ${risk} risk costs.`, 1, MAX_COST, units);

const budget = (description: string): Schema =>
  object(description, {
    per_minute: integer('Units that come back in a minute.', 1, 1_000_000),
    burst: integer('Units at once.', 1, 1_000_000),
  });

/** Request budgets beyond those in the agents' records. */
export const LIMITS_SCHEMA: Schema = object('Request budgets beside those of each agent.', {
  cost: object('What a request costs: the largest cost among its scopes.', {
    low: cost('low', 1),
    medium: cost('medium', 1),
    high: cost('high', 2),
    critical: cost('critical or unknown', 5),
  }),
  owner: budget('What all agents of one owner share; absent: no such budget.'),
  owners: {
    type: 'object',
    description: 'Other budgets for the owners named.',
    additionalProperties: { ...budget('One owner’s budget.'), required: ['per_minute', 'burst'] },
  },
  global: budget('What all agents share; absent: no such budget.'),
});

/** A budget of which only half is given. */
export function limitsProblems(raw: RawLimits): ConfigProblem[] {
  return (['owner', 'global'] as const)
    .filter((name) => (raw[name].per_minute === undefined) !== (raw[name].burst === undefined))
    .map((name) => ({ where: `/limits/${name}`, message: 'needs both per_minute and burst' }));
}

/** The section under the names the code uses. */
export function limitsOf(raw: RawLimits): Config['limits'] {
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

import {
  MAX_COST,
  type BudgetLimit,
  type PutLimits,
  type ScopeCosts,
} from '../../../domain/budget.js';
import { RISKS } from '../../../domain/scope.js';
import type { JsonSchema } from '../../route.js';

const UNITS: JsonSchema = { type: 'integer', minimum: 1, maximum: 1_000_000 };

const budget = (description: string): JsonSchema => ({
  type: 'object',
  description,
  required: ['per_minute', 'burst'],
  additionalProperties: false,
  properties: { per_minute: UNITS, burst: UNITS },
});

const costs = (description: string, required: readonly string[]): JsonSchema => ({
  type: 'object',
  description,
  required,
  additionalProperties: false,
  properties: Object.fromEntries(
    RISKS.map((risk) => [risk, { type: 'integer', minimum: 1, maximum: MAX_COST }]),
  ),
});

const LIMITS_MEMBERS = {
  owner: budget('What the agents of one owner share; absent: no such budget.'),
  owners: {
    type: 'object',
    description: 'Other budgets for the owners named.',
    maxProperties: 1000,
    propertyNames: { minLength: 1, maxLength: 256 },
    additionalProperties: budget('One owner’s budget.'),
  },
  global: budget('What all agents share; absent: no such budget.'),
  cost: costs(
    'What a request for a scope of a risk costs; of a risk that is not named, what the configuration says.',
    [],
  ),
} as const;

export interface LimitsBody {
  readonly owner?: BudgetLimit;
  readonly owners?: Readonly<Record<string, BudgetLimit>>;
  readonly global?: BudgetLimit;
  readonly cost?: Partial<ScopeCosts>;
  readonly reason?: string;
}

const REASON: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 512,
  description: 'Why; kept in the record.',
};

/** All limits: a budget that is not written is off, a cost that is not written is the configuration's. */
export const LIMITS_BODY: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { ...LIMITS_MEMBERS, reason: REASON },
};

export const LIMITS: JsonSchema = {
  type: 'object',
  required: ['version', 'source', 'configured'],
  additionalProperties: false,
  properties: {
    version: { type: 'integer', minimum: 0, description: '0 before the first change by the API.' },
    source: {
      enum: ['api', 'config', 'unreadable'],
      description: 'Whose limits are in force; `unreadable` when what is stored cannot be read.',
    },
    fault: {
      enum: ['other_type', 'not_json', 'malformed'],
      description: 'Why what is stored cannot be read: PUT under `version`, or DELETE, mends it.',
    },
    limits: limits(
      'The budgets in force, and the costs that were put. With `fault`: what the instance that answered goes by; absent ' +
        'when it knows none, and grants nothing.',
    ),
    cost: costs('What requests cost; absent when `limits` is.', RISKS),
    configured: {
      ...limits('What the configuration of the instance that answered says.'),
      properties: { ...LIMITS_MEMBERS, cost: costs('What requests cost.', RISKS) },
      required: ['owners', 'cost'],
    },
  },
};

function limits(description: string): JsonSchema {
  return {
    type: 'object',
    description,
    required: ['owners'],
    additionalProperties: false,
    properties: LIMITS_MEMBERS,
  };
}

/** A body as limits. */
export function limitsIn({ owner, owners = {}, global, cost = {} }: LimitsBody): PutLimits {
  return {
    ...(owner === undefined ? {} : { owner }),
    owners,
    ...(global === undefined ? {} : { global }),
    ...(Object.keys(cost).length === 0 ? {} : { cost }),
  };
}

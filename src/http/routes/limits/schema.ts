import type { BudgetLimit, SharedLimits } from '../../../domain/budget.js';
import type { JsonSchema } from '../../route.js';

const UNITS: JsonSchema = { type: 'integer', minimum: 1, maximum: 1_000_000 };

const budget = (description: string): JsonSchema => ({
  type: 'object',
  description,
  required: ['per_minute', 'burst'],
  additionalProperties: false,
  properties: { per_minute: UNITS, burst: UNITS },
});

const BUDGETS = {
  owner: budget('What the agents of one owner share; absent: no such budget.'),
  owners: {
    type: 'object',
    description: 'Other budgets for the owners named.',
    maxProperties: 1000,
    propertyNames: { minLength: 1, maxLength: 256 },
    additionalProperties: budget('One owner’s budget.'),
  },
  global: budget('What all agents share; absent: no such budget.'),
} as const;

export interface LimitsBody {
  readonly owner?: BudgetLimit;
  readonly owners?: Readonly<Record<string, BudgetLimit>>;
  readonly global?: BudgetLimit;
  readonly reason?: string;
}

const REASON: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 512,
  description: 'Why; kept in the record.',
};

/** All shared budgets: what is not written is off. */
export const LIMITS_BODY: JsonSchema = {
  type: 'object',
  additionalProperties: false,
  properties: { ...BUDGETS, reason: REASON },
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
    limits: shared(
      'In force. With `fault`: what the instance that answered goes by; absent when it knows none, and grants nothing.',
    ),
    configured: shared('What the configuration of the instance that answered says.'),
  },
};

function shared(description: string): JsonSchema {
  return {
    type: 'object',
    description,
    required: ['owners'],
    additionalProperties: false,
    properties: BUDGETS,
  };
}

/** A body as limits. */
export function limitsIn({ owner, owners = {}, global }: LimitsBody): SharedLimits {
  return {
    ...(owner === undefined ? {} : { owner }),
    owners,
    ...(global === undefined ? {} : { global }),
  };
}

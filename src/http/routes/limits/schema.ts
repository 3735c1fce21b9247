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
  owner: budget('Budget shared by the agents of one owner; absent: no such budget.'),
  owners: {
    type: 'object',
    description: 'Budgets of named owners, instead of `owner`.',
    maxProperties: 1000,
    propertyNames: { minLength: 1, maxLength: 256 },
    additionalProperties: budget('One owner’s budget.'),
  },
  global: budget('Budget shared by all agents; absent: no such budget.'),
  cost: costs(
    'Cost of a request by the risk of its scope; a risk left out has the cost of the configuration.',
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
  description: 'Reason, stored in the audit event.',
};

/** Schema of all limits: an absent budget is off, an absent cost is the configuration's. */
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
      description:
        'Source of the limits in force; `unreadable` when the stored limits cannot be read.',
    },
    fault: {
      enum: ['other_type', 'not_json', 'malformed'],
      description:
        'Why the stored limits cannot be read. To repair: PUT with `version`, or DELETE.',
    },
    limits: limits(
      'The budgets in force and the stored costs. With `fault`: the last limits known to this instance; absent ' +
        'when it knows none and therefore grants nothing.',
    ),
    cost: costs('Costs of requests; absent when `limits` is absent.', RISKS),
    configured: {
      ...limits('Limits in the configuration of this instance.'),
      properties: { ...LIMITS_MEMBERS, cost: costs('Costs of requests.', RISKS) },
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

/** Converts a body to limits. */
export function limitsIn({ owner, owners = {}, global, cost = {} }: LimitsBody): PutLimits {
  return {
    ...(owner === undefined ? {} : { owner }),
    owners,
    ...(global === undefined ? {} : { global }),
    ...(Object.keys(cost).length === 0 ? {} : { cost }),
  };
}

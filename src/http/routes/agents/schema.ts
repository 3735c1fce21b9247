import type { AgentRecord } from '../../../domain/records.js';
import { agentSpecSchema } from '../../../schema/registry.js';
import type { JsonSchema } from '../../route.js';
import { CREATED_SECRET, secretViews, SECRETS } from '../../secret-schema.js';

export interface StatusBody {
  readonly status: 'active' | 'disabled' | 'quarantined';
  readonly reason: string;
}

export const STATUS_BODY: JsonSchema = {
  type: 'object',
  required: ['status', 'reason'],
  additionalProperties: false,
  properties: {
    status: {
      enum: ['active', 'disabled', 'quarantined'],
      description: 'Disabling and quarantining revoke the agent’s tokens in the same step.',
    },
    reason: { type: 'string', minLength: 1, maxLength: 512 },
  },
};

export const AGENT: JsonSchema = {
  type: 'object',
  required: [
    ...['spec', 'status', 'version', 'source', 'secrets', 'created_at_ms', 'updated_at_ms'],
  ],
  additionalProperties: false,
  properties: {
    spec: agentSpecSchema,
    status: { enum: ['active', 'disabled', 'quarantined', 'deleted'] },
    version: { type: 'integer', minimum: 0 },
    source: { enum: ['config', 'api'] },
    secrets: SECRETS,
    created_at_ms: { type: 'integer' },
    updated_at_ms: { type: 'integer' },
  },
};

export const CREATED_AGENT: JsonSchema = {
  type: 'object',
  required: ['agent', 'secret'],
  additionalProperties: false,
  properties: { agent: AGENT, secret: CREATED_SECRET },
};

/** An agent on the wire; digests of secrets stay inside. */
export function agentView(record: AgentRecord): object {
  return {
    spec: record.spec,
    status: record.status,
    version: record.version,
    source: record.source,
    secrets: secretViews(record.secrets),
    created_at_ms: record.created_at_ms,
    updated_at_ms: record.updated_at_ms,
  };
}

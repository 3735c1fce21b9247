import type { AgentRecord } from '../../../domain/records.js';
import type { ReleasedSignals } from '../../../domain/signals.js';
import { agentSpecSchema } from '../../../schema/registry.js';
import type { JsonSchema } from '../../route.js';
import { SAID_TERMS } from '../../signal-schema.js';
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

export interface ReleaseBody {
  readonly reason: string;
  readonly signals?: ReleasedSignals;
}

export const RELEASE_BODY: JsonSchema = {
  type: 'object',
  required: ['reason'],
  additionalProperties: false,
  properties: {
    reason: { type: 'string', minLength: 1, maxLength: 512, description: 'Kept in the record.' },
    signals: {
      enum: ['settled', 'forgotten', 'kept'],
      description:
        'settled, unless said: what it did of late counts no more, what was learned before stays; forgotten: it is ' +
        'new again; kept: nothing changes, and its windows may quarantine it again.',
    },
  },
};

const QUARANTINE: JsonSchema = {
  type: 'object',
  description: 'Why it is in quarantine; only while it is.',
  required: ['since_ms', 'reason', 'by'],
  additionalProperties: false,
  properties: {
    since_ms: { type: 'integer' },
    reason: { type: 'string' },
    by: {
      type: 'object',
      required: ['kind', 'id'],
      additionalProperties: false,
      properties: { kind: { type: 'string' }, id: { type: 'string' } },
    },
    decision_id: { type: 'string', description: 'The decision that did it.' },
    anomaly: { type: 'number' },
    signals: SAID_TERMS,
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
    quarantine: QUARANTINE,
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
    ...(record.quarantine === undefined ? {} : { quarantine: record.quarantine }),
    version: record.version,
    source: record.source,
    secrets: secretViews(record.secrets),
    created_at_ms: record.created_at_ms,
    updated_at_ms: record.updated_at_ms,
  };
}

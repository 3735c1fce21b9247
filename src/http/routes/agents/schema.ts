import type { AgentRecord } from '../../../domain/records.js';
import type { ReleasedSignals } from '../../../domain/signals.js';
import { agentSpecSchema } from '../../../schema/registry.js';
import type { JsonSchema } from '../../route.js';
import { SAID_TERMS } from '../../signal-schema.js';
import { CREATED_SECRET, LIVE_TOKENS_DONE, secretViews, SECRETS } from '../../secret-schema.js';

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
      description: 'Disabling or quarantining also revokes the agent’s tokens, atomically.',
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
    reason: {
      type: 'string',
      minLength: 1,
      maxLength: 512,
      description: 'Reason, stored in the audit event.',
    },
    signals: {
      enum: ['settled', 'forgotten', 'kept'],
      description:
        'settled (default): clears the recent windows and keeps the learned profile; forgotten: also clears the ' +
        'profile, as for a new agent; kept: changes nothing, so the windows may quarantine the agent again.',
    },
  },
};

export const RESTORE_BODY: JsonSchema = {
  type: 'object',
  required: ['reason'],
  additionalProperties: false,
  properties: {
    reason: {
      type: 'string',
      minLength: 1,
      maxLength: 512,
      description: 'Reason, stored in the audit event.',
    },
  },
};

const QUARANTINE: JsonSchema = {
  type: 'object',
  description: 'Why the agent is in quarantine; absent otherwise.',
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
    decision_id: { type: 'string', description: 'The decision that caused the quarantine.' },
    anomaly: { type: 'number' },
    signals: SAID_TERMS,
  },
};

const AGENT_PROPERTIES = {
  spec: agentSpecSchema,
  status: { enum: ['active', 'disabled', 'quarantined', 'deleted'] },
  quarantine: QUARANTINE,
  version: { type: 'integer', minimum: 0 },
  source: { enum: ['config', 'api'] },
  secrets: SECRETS,
  created_at_ms: { type: 'integer' },
  updated_at_ms: { type: 'integer' },
};

export const AGENT: JsonSchema = {
  type: 'object',
  required: [
    ...['spec', 'status', 'version', 'source', 'secrets', 'created_at_ms', 'updated_at_ms'],
  ],
  additionalProperties: false,
  properties: AGENT_PROPERTIES,
};

/** Schema of a changed agent, with what the change did to its live tokens. */
export const CHANGED_AGENT: JsonSchema = {
  ...AGENT,
  properties: { ...AGENT_PROPERTIES, live_tokens: LIVE_TOKENS_DONE },
};

export const CREATED_AGENT: JsonSchema = {
  type: 'object',
  required: ['agent', 'secret'],
  additionalProperties: false,
  properties: { agent: AGENT, secret: CREATED_SECRET },
};

/** Serialises an agent without the digests of its secrets. */
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

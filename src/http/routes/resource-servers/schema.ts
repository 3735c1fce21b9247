import type { ResourceServerRecord } from '../../../domain/records.js';
import { resourceServerSpecSchema } from '../../../schema/registry.js';
import type { JsonSchema } from '../../route.js';
import { CREATED_SECRET, secretViews, SECRETS } from '../../secret-schema.js';

export const RESOURCE_SERVER: JsonSchema = {
  type: 'object',
  required: ['spec', 'version', 'source', 'disabled', 'secrets', 'updated_at_ms'],
  additionalProperties: false,
  properties: {
    spec: resourceServerSpecSchema,
    version: { type: 'integer', minimum: 0 },
    source: { enum: ['config', 'api'] },
    disabled: { type: 'boolean' },
    secrets: SECRETS,
    updated_at_ms: { type: 'integer' },
  },
};

export const CREATED_RESOURCE_SERVER: JsonSchema = {
  type: 'object',
  required: ['resource_server', 'secret'],
  additionalProperties: false,
  properties: { resource_server: RESOURCE_SERVER, secret: CREATED_SECRET },
};

/** Serialises a resource server without the digests of its secrets. */
export function resourceServerView(record: ResourceServerRecord): object {
  return {
    spec: record.spec,
    version: record.version,
    source: record.source,
    disabled: record.disabled,
    secrets: secretViews(record.secrets),
    updated_at_ms: record.updated_at_ms,
  };
}

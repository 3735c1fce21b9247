import type { ResourceRecord } from '../../../domain/records.js';
import { resourceSpecSchema } from '../../../schema/registry.js';
import type { JsonSchema } from '../../route.js';

export const RESOURCE: JsonSchema = {
  type: 'object',
  required: ['spec', 'version', 'source', 'updated_at_ms'],
  additionalProperties: false,
  properties: {
    spec: resourceSpecSchema,
    version: { type: 'integer', minimum: 0 },
    source: { enum: ['config', 'api'] },
    updated_at_ms: { type: 'integer' },
  },
};

/** Serialises a resource. */
export function resourceView({ spec, version, source, updated_at_ms }: ResourceRecord): object {
  return { spec, version, source, updated_at_ms };
}

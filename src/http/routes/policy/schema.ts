import type { PolicyStatus } from '../../../authorize/operations.js';
import type { JsonSchema } from '../../route.js';

const STRING: JsonSchema = { type: 'string' };

export const POLICY: JsonSchema = {
  type: 'object',
  required: ['revision', 'source', 'activated_at_ms', 'entrypoint', 'opa_version'],
  additionalProperties: false,
  properties: {
    revision: STRING,
    source: STRING,
    activated_at_ms: { type: 'integer' },
    entrypoint: STRING,
    opa_version: STRING,
    last_refusal: {
      type: 'object',
      description: 'Why the newest candidate was refused; absent when the newest is active.',
      required: ['at_ms', 'detail'],
      additionalProperties: false,
      properties: { at_ms: { type: 'integer' }, detail: STRING },
    },
  },
};

/** The policy's status on the wire. */
export function policyView(status: PolicyStatus): object {
  const { revision, source, activated_at_ms, entrypoint, opa_version, last_refusal } = status;
  return { revision, source, activated_at_ms, entrypoint, opa_version, last_refusal };
}

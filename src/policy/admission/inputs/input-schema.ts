import { readFileSync } from 'node:fs';
import type { PolicyInput } from '../../../domain/policy.js';
import { isScope, MAX_SCOPES } from '../../../domain/scope.js';
import { compileCheck } from '../../../schema/compile.js';
import type { JsonSchema } from './schema-arbitrary.js';

/** The contract of policy inputs, `rego/schemas/input.json`. */
export const INPUT_SCHEMA = JSON.parse(
  readFileSync(new URL('../../../../rego/schemas/input.json', import.meta.url), 'utf8'),
) as JsonSchema;

/** Checks a document against the schema. */
const checkInput = compileCheck<PolicyInput>(INPUT_SCHEMA);

/** Returns whether an input is valid: it matches the schema and requests 1 to 64 distinct scopes. */
export function isPromised(document: unknown): document is PolicyInput {
  const checked = checkInput(document);
  if (!checked.ok) return false;
  const { scopes } = checked.value.request;
  const within = scopes.length > 0 && scopes.length <= MAX_SCOPES;
  return within && scopes.every(isScope) && new Set(scopes).size === scopes.length;
}

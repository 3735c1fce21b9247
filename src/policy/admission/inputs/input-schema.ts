import { readFileSync } from 'node:fs';
import type { PolicyInput } from '../../../domain/policy.js';
import { isScope, MAX_SCOPES } from '../../../domain/scope.js';
import { compileCheck } from '../../../schema/compile.js';
import type { JsonSchema } from './schema-arbitrary.js';

/** `rego/schemas/input.json`: what the service promises every policy of its input. */
export const INPUT_SCHEMA = JSON.parse(
  readFileSync(new URL('../../../../rego/schemas/input.json', import.meta.url), 'utf8'),
) as JsonSchema;

/** Whether a document is what the schema says. */
const checkInput = compileCheck<PolicyInput>(INPUT_SCHEMA);

/** Whether an input is as promised: of the schema, and 1 to 64 distinct scopes are asked for. */
export function isPromised(document: unknown): document is PolicyInput {
  const checked = checkInput(document);
  if (!checked.ok) return false;
  const { scopes } = checked.value.request;
  const within = scopes.length > 0 && scopes.length <= MAX_SCOPES;
  return within && scopes.every(isScope) && new Set(scopes).size === scopes.length;
}

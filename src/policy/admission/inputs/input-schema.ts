import { readFileSync } from 'node:fs';
import type { PolicyInput } from '../../../domain/policy.js';
import { isScope } from '../../../domain/scope.js';
import { compileCheck } from '../../../schema/compile.js';
import type { JsonSchema } from './schema-arbitrary.js';

/** `rego/schemas/input.json`: what the service promises every policy of its input. */
export const INPUT_SCHEMA = JSON.parse(
  readFileSync(new URL('../../../../rego/schemas/input.json', import.meta.url), 'utf8'),
) as JsonSchema;

/** Whether a document is what the schema says. */
const checkInput = compileCheck<PolicyInput>(INPUT_SCHEMA);

/** Whether an input is as promised: of the schema, and something is asked for. */
export function isPromised(document: unknown): document is PolicyInput {
  const checked = checkInput(document);
  return (
    checked.ok &&
    checked.value.request.scopes.every(isScope) &&
    checked.value.request.scopes.length > 0
  );
}

import { formatPointer, parsePointer } from '../domain/json-pointer.js';
import { compileCheck } from '../schema/compile.js';
import type { Origins } from './environment.js';
import type { ConfigProblem } from './problems.js';
import type { RawConfig } from './raw.generated.js';
import { CONFIG_SCHEMA } from './schema.js';
import type { Schema } from './schema-parts.js';
import { didYouMean } from './suggest.js';
import { isTree, removeAt, type Tree } from './tree.js';

const check = compileCheck<RawConfig>(CONFIG_SCHEMA);

/** Hints for common keys that do not belong in the file. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '/admin/token':
    'secrets do not belong in the file: set COUNTERSIGN_ADMIN_TOKEN or admin.token_file',
  '/keys/key_encryption_key':
    'secrets do not belong in the file: set COUNTERSIGN_KEY_ENCRYPTION_KEY or keys.key_encryption_key_file',
};

/**
 * Checks the document's shape and adds the schema's defaults.
 *
 * Invalid members are reported and removed, so that later checks still find the other problems.
 */
export function checkShape(
  tree: Tree,
  origins: Origins,
): { readonly raw: RawConfig; readonly problems: readonly ConfigProblem[] } {
  const problems = takeUnknownKeys(tree, CONFIG_SCHEMA, []);
  const checked = check(tree);
  if (!checked.ok) {
    for (const { pointer, message } of checked.problems) {
      problems.push({ where: origins.get(pointer) ?? pointer, message });
    }
    for (const { pointer } of checked.problems) removeAt(tree, parsePointer(pointer));
  }
  const filled = check(withDefaults(CONFIG_SCHEMA, tree));
  if (!filled.ok) throw new Error('the configuration schema and its defaults disagree');
  return { raw: filled.value, problems };
}

function takeUnknownKeys(value: unknown, schema: Schema, path: readonly (string | number)[]) {
  const problems: ConfigProblem[] = [];
  if (Array.isArray(value) && schema.items) {
    for (const [index, item] of value.entries()) {
      problems.push(...takeUnknownKeys(item, schema.items, [...path, index]));
    }
  }
  const known = schema.properties;
  if (!isTree(value) || known === undefined) return problems;
  for (const key of Object.keys(value)) {
    const at = [...path, key];
    const member = Object.hasOwn(known, key) ? known[key] : undefined;
    // `webhooks:` without a value is equivalent to no `webhooks`.
    if (member !== undefined && value[key] === null) {
      Reflect.deleteProperty(value, key);
      continue;
    }
    if (member !== undefined) {
      problems.push(...takeUnknownKeys(value[key], member, at));
      continue;
    }
    const where = formatPointer(at);
    const hint = ELSEWHERE[where] ?? `is not a known key${didYouMean(key, Object.keys(known))}`;
    problems.push({ where, message: hint });
    Reflect.deleteProperty(value, key);
  }
  return problems;
}

/** Returns the document with defaults for absent members. */
function withDefaults(schema: Schema, value: unknown): unknown {
  if (schema.properties === undefined) return value ?? schema.default;
  const given = isTree(value) ? value : {};
  const filled: Tree = { ...given };
  for (const [key, member] of Object.entries(schema.properties)) {
    const made = withDefaults(member, given[key]);
    if (made !== undefined) filled[key] = made;
  }
  return filled;
}

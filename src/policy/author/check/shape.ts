import { readFileSync } from 'node:fs';
import { placeOf, type Location, type Module, type Term } from './ast.js';
import { rulesNamed } from './entrypoint.js';
import type { Finding } from '../../../domain/policy-author.js';

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const RESULT = JSON.parse(
  readFileSync(new URL('../../../../rego/schemas/result.json', import.meta.url), 'utf8'),
) as Schema;

interface Misfit {
  readonly at: Location | undefined;
  readonly message: string;
}

/**
 * Finds constants in the entrypoint's rules that `rego/schemas/result.json` rejects.
 * Computed values are not checked.
 */
export function shapeFindings(modules: readonly Module[], entrypoint: string): Finding[] {
  return rulesNamed(modules, entrypoint.split('/').join('.')).flatMap(({ module, rule }) =>
    misfits(rule.head.value, RESULT, 'the decision').map(({ at, message }) => ({
      ...placeOf(module, at, rule.location),
      rule: 'result-shape' as const,
      severity: 'error' as const,
      message,
      hint: 'The service denies any result of another shape: rego/schemas/result.json.',
    })),
  );
}

const WRITTEN: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'integer',
  boolean: 'boolean',
  null: 'null',
  array: 'array',
  set: 'array',
  object: 'object',
};

function misfits(term: Term | undefined, schema: Schema, what: string): Misfit[] {
  const type = term === undefined ? undefined : WRITTEN[term.type];
  if (term === undefined || type === undefined) return [];
  const at = term.location;
  if (schema.enum !== undefined && !schema.enum.includes(term.value)) {
    return [{ at, message: `${what} must be one of ${schema.enum.join(', ')}` }];
  }
  if (schema.type !== undefined && schema.type !== type) {
    return [{ at, message: `${what} must be of type ${schema.type}` }];
  }
  if (type === 'array') {
    const items = term.value as readonly Term[];
    return items.flatMap((item) => misfits(item, schema.items ?? {}, `an item of ${what}`));
  }
  return type === 'object' ? objectMisfits(term, schema, what) : [];
}

function objectMisfits(term: Term, schema: Schema, what: string): Misfit[] {
  const pairs = term.value as readonly (readonly [Term, Term])[];
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const names = pairs.map(([key]) => (key.type === 'string' ? String(key.value) : undefined));
  // A computed name may be any.
  if (names.includes(undefined)) return [];
  const missing = required
    .filter((name) => !names.includes(name))
    .map((name) => ({ at: term.location, message: `${what} has no ${name}` }));
  const inside = pairs.flatMap(([key, value]) => {
    const name = String(key.value);
    const member = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (member !== undefined) return misfits(value, member, name);
    return additionalProperties
      ? []
      : [{ at: key.location, message: `${what} has no member ${name}` }];
  });
  return [...missing, ...inside];
}

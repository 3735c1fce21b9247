import type { PolicyInput } from '../../src/domain/policy.js';
import { readJson } from './policy-case.js';

interface Schema {
  readonly type?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly items?: Schema;
}

type Tree = Record<string, unknown>;

const schema = readJson(new URL('../../rego/schemas/input.json', import.meta.url)) as Schema;

interface Strange {
  readonly what: string;
  /** A PolicyInput by name alone. */
  readonly input: PolicyInput;
}

/**
 * An input with every closed object of the schema in it, and copies of it: for each such object one with a member
 * no policy knows, and one for each member that it must have, without it.
 */
export function strangeInputs(input: PolicyInput): {
  readonly usual: PolicyInput;
  readonly strange: readonly Strange[];
} {
  const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const hours = { timezone: 'UTC', days, start: '00:00', end: '24:00' };
  const usual = { ...input, resource: { ...input.resource, working_hours: hours } };
  const strange: Strange[] = [];
  for (const { path, required } of closedObjects(schema, usual, [])) {
    const where = `/${path.join('/')}`;
    const change = (what: string, edit: (object: Tree) => void): void => {
      const copy = structuredClone(usual);
      edit(path.reduce<Tree>((object, name) => object[name] as Tree, copy as unknown as Tree));
      strange.push({ what: `${where} ${what}`, input: copy });
    };
    change('with nobody_knows', (object) => {
      object['nobody_knows'] = true;
    });
    for (const member of required) {
      change(`without ${member}`, (object) => Reflect.deleteProperty(object, member));
    }
  }
  return { usual, strange };
}

interface Found {
  readonly path: readonly string[];
  readonly required: readonly string[];
}

function closedObjects(of: Schema, value: unknown, path: readonly string[]): Found[] {
  if (Array.isArray(value)) {
    const { items = {} } = of;
    return value.flatMap((item, i) => closedObjects(items, item, [...path, String(i)]));
  }
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, member]) =>
    closedObjects(of.properties?.[name] ?? {}, member, [...path, name]),
  );
  if (of.additionalProperties !== false) return below;
  return [{ path, required: of.required ?? [] }, ...below];
}

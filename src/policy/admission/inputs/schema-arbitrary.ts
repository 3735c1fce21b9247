import fc from 'fast-check';

/** The subset of JSON Schema that `rego/schemas/input.json` uses (OPA and ajv read it too). */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly enum?: readonly unknown[];
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

/** Replacements by schema path such as `/request/scopes/*`, where `*` is any item or member. */
export type Placements = Readonly<Record<string, fc.Arbitrary<unknown>>>;

const KNOWN = new Set([
  ...['type', 'properties', 'required', 'additionalProperties', 'enum', 'items', 'pattern'],
  ...['$ref', '$defs', '$schema', '$id', 'title', 'description', 'examples', 'default'],
]);
/** An optional member is present in one of this many documents. */
const SELDOM = 5;
const MAX_ITEMS = 4;

/**
 * Generates documents that match a schema.
 * Throws RangeError for an unknown keyword: a wrong document would test nothing.
 */
export function arbitraryOf(schema: JsonSchema, at: Placements = {}): fc.Arbitrary<unknown> {
  return new Compiler(schema.$defs ?? {}, at).compile(schema, '');
}

class Compiler {
  constructor(
    private readonly defs: Readonly<Record<string, JsonSchema>>,
    private readonly at: Placements,
  ) {}

  compile(schema: JsonSchema, path: string): fc.Arbitrary<unknown> {
    const placed = this.at[path];
    if (placed !== undefined) return placed;
    const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
    if (unknown.length > 0) throw new RangeError(`${path}: unknown keyword ${unknown.join(', ')}`);
    if (schema.$ref !== undefined) return this.compile(this.definition(schema.$ref), path);
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
    return this.ofType(schema, path);
  }

  private ofType(schema: JsonSchema, path: string): fc.Arbitrary<unknown> {
    switch (schema.type) {
      case 'object':
        return this.object(schema, path);
      case 'array':
        return fc.array(this.compile(schema.items ?? {}, `${path}/*`), { maxLength: MAX_ITEMS });
      case 'string':
        return schema.pattern === undefined
          ? fc.string({ maxLength: 24 })
          : fc.stringMatching(new RegExp(schema.pattern), { maxLength: 64 });
      case 'integer':
        return fc.integer();
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      default:
        throw new RangeError(`${path}: no type that is known`);
    }
  }

  private object(schema: JsonSchema, path: string): fc.Arbitrary<unknown> {
    const { properties = {}, required = [], additionalProperties: more } = schema;
    const members = Object.entries(properties).map(([name, member]) => {
      const value = this.compile(member, `${path}/${name}`);
      return [name, required.includes(name) ? value : seldom(value)] as const;
    });
    const known = fc.record(Object.fromEntries(members)).map(withoutAbsent);
    if (typeof more !== 'object') return known;
    const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,7}$/).filter((name) => !(name in properties));
    const others = fc.dictionary(key, this.compile(more, `${path}/*`), {
      maxKeys: 2,
      noNullPrototype: true,
    });
    return fc.tuple(known, others).map(([named, other]) => ({ ...other, ...named }));
  }

  private definition(ref: string): JsonSchema {
    const name = /^#\/\$defs\/([^/]+)$/.exec(ref)?.[1];
    const found = name === undefined ? undefined : this.defs[name];
    if (found === undefined) throw new RangeError(`${ref} is not a local definition`);
    return found;
  }
}

/** Returns a value that is mostly absent. Shrinking prefers the first choice. */
function seldom(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { withCrossShrink: true },
    { weight: SELDOM - 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value },
  );
}

function withoutAbsent(members: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

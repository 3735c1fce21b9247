type Members = Readonly<Record<string, unknown>>;

/**
 * Returns a document without the optional members that are null: null equals absent.
 * A null stays, to be accepted or refused by the schema, where the schema requires the member, accepts null, does not
 * name the member (labels, a policy input), or where it is an item of an array.
 */
export function withoutNullMembers(value: unknown, schema: unknown): unknown {
  if (!isMembers(schema)) return value;
  if (Array.isArray(value)) return value.map((item) => withoutNullMembers(item, schema['items']));
  if (!isMembers(value)) return value;
  const { properties, required, additionalProperties } = schema;
  const named = isMembers(properties) ? properties : {};
  const isRequired = (name: string): boolean => Array.isArray(required) && required.includes(name);
  const kept = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (!Object.hasOwn(named, name)) {
      return [[name, withoutNullMembers(member, additionalProperties)]];
    }
    if (member === null && !isRequired(name) && refusesNull(named[name])) return [];
    return [[name, withoutNullMembers(member, named[name])]];
  });
  return Object.fromEntries(kept);
}

function refusesNull(schema: unknown): boolean {
  if (!isMembers(schema)) return false;
  const { type, enum: values } = schema;
  if (typeof type === 'string') return type !== 'null';
  if (Array.isArray(type)) return !type.includes('null');
  if (Array.isArray(values)) return !values.includes(null);
  return 'const' in schema && schema['const'] !== null;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

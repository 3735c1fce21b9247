// TypeScript of JSON Schemas. It knows the keywords that this repository uses and refuses any other.

const IGNORED = new Set([
  ...['$schema', '$id', 'title', 'default', 'pattern', 'format', 'minLength', 'maxLength'],
  ...[
    'minItems',
    'maxItems',
    'minimum',
    'maximum',
    'uniqueItems',
    'maxProperties',
    'propertyNames',
  ],
]);
const SIMPLE = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};
const KNOWN = new Set([
  ...IGNORED,
  ...['type', 'description', 'properties', 'required', 'additionalProperties', 'items'],
  ...['enum', 'const', '$ref', '$defs', 'anyOf', 'oneOf', 'allOf'],
]);

/**
 * An exported interface of `name`, and one for each of the schema's `$defs` before it. Throws an Error that says
 * where a keyword is that it does not know: a type that says less than the schema would be a lie.
 */
export function typesOf(name, schema) {
  const defs = Object.entries(schema.$defs ?? {}).map(([key, one]) => [defName(name, key), one]);
  const names = (ref) => {
    const key = /^#\/\$defs\/([A-Za-z_]+)$/.exec(ref)?.[1];
    if (key === undefined || !Object.hasOwn(schema.$defs ?? {}, key)) {
      throw new Error(`${name}: ${ref} is no local reference`);
    }
    return defName(name, key);
  };
  return [...defs, [name, schema]].map(([own, one]) => declaration(own, one, names)).join('\n\n');
}

function defName(name, key) {
  const words = key.split('_').map((word) => word[0].toUpperCase() + word.slice(1));
  return `${name}${words.join('')}`;
}

function declaration(name, schema, names) {
  const about = comment(schema.description ?? schema.title);
  return `${about}export type ${name} = ${typeOf(schema, name, names)};`;
}

function comment(text) {
  return text === undefined ? '' : `/** ${text.replaceAll('*/', '*\\/')} */\n`;
}

function typeOf(schema, where, names) {
  const unknown = Object.keys(schema).filter((keyword) => !KNOWN.has(keyword));
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} has no type here`);
  if (schema.allOf?.some((one) => one.if === undefined))
    throw new Error(`${where}: allOf has no type here`);
  if (schema.$ref !== undefined) return names(schema.$ref);
  const either = schema.anyOf ?? schema.oneOf;
  if (either !== undefined) return either.map((one) => typeOf(one, where, names)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined)
    return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.type === 'object') return objectOf(schema, where, names);
  if (schema.type === 'array') {
    const items =
      schema.items === undefined ? 'unknown' : typeOf(schema.items, `${where}[]`, names);
    return `readonly (${items})[]`;
  }
  if (Array.isArray(schema.type)) {
    return schema.type.map((type) => typeOf({ ...schema, type }, where, names)).join(' | ');
  }
  if (Object.keys(schema).every((keyword) => IGNORED.has(keyword) || keyword === 'description'))
    return 'unknown';
  if (!Object.hasOwn(SIMPLE, schema.type)) throw new Error(`${where}: there is no type`);
  return SIMPLE[schema.type];
}

/** Closed objects have their members alone; an open one has members of the schema that it is open to. */
function objectOf(schema, where, names) {
  const { properties, required = [], additionalProperties: more = true } = schema;
  if (properties === undefined) {
    if (more === false) return 'Readonly<Record<string, never>>';
    const value = more === true ? 'unknown' : typeOf(more, `${where}.*`, names);
    return `Readonly<Record<string, ${value}>>`;
  }
  // Of an open object, members that it must not have say nothing about the others.
  const values = Object.values(properties);
  if (more === true && values.length > 0 && values.every((one) => one === false))
    return 'Readonly<Record<string, unknown>>';
  if (more !== false) throw new Error(`${where}: an object with properties must be closed`);
  const members = Object.entries(properties).map(([key, one]) => {
    const mark = required.includes(key) ? '' : '?';
    const type = typeOf(one, `${where}.${key}`, names);
    return `${comment(one.description)}readonly ${JSON.stringify(key)}${mark}: ${type};`;
  });
  return `{\n${members.join('\n')}\n}`;
}

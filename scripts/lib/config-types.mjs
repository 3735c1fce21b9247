// TypeScript of the configuration after its check, with the schema's defaults filled in.
import { typesOf } from './schema-types.mjs';

/** Returns the exported type `name` of a configuration whose defaults are filled in. */
export function configTypes(name, schema) {
  return typesOf(name, filledIn(schema));
}

/**
 * Returns the schema of the filled document: members with a default are required, and so are sections. Entries of
 * lists keep their own `required`, since no default is filled in there.
 */
export function filledIn(schema) {
  if (schema.properties === undefined) return schema;
  const members = Object.entries(schema.properties);
  const required = members
    .filter(([, member]) => member.default !== undefined || member.properties !== undefined)
    .map(([key]) => key);
  return {
    ...schema,
    properties: Object.fromEntries(members.map(([key, member]) => [key, filledIn(member)])),
    required: [...new Set([...(schema.required ?? []), ...required])],
  };
}

/** Returns the schema with its members renamed as `rename` says, as `settingsOf` renames a document. */
export function withNames(schema, rename) {
  const { items, properties } = schema;
  return {
    ...schema,
    ...(items === undefined ? {} : { items: withNames(items, rename) }),
    ...(properties === undefined ? {} : { properties: membersOf(properties, rename) }),
    ...(schema.required === undefined ? {} : { required: schema.required.map(rename) }),
  };
}

function membersOf(properties, rename) {
  return Object.fromEntries(
    Object.entries(properties).map(([key, member]) => [rename(key), withNames(member, rename)]),
  );
}

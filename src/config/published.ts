import { SETTINGS } from './environment.js';
import { CONFIG_SCHEMA } from './schema.js';
import type { Schema } from './schema-parts.js';
import { formatPointer } from '../domain/json-pointer.js';

const VARIABLES = new Map(SETTINGS.map(({ pointer, variables }) => [pointer, variables[0]]));

/** Returns the validation schema with variable names, for editors and `countersign config schema`. */
export function publishedSchema(): Schema {
  return annotated(CONFIG_SCHEMA, []);
}

function annotated(schema: Schema, path: readonly string[]): Schema {
  const variable = VARIABLES.get(formatPointer(path));
  const noted =
    variable === undefined
      ? schema
      : { ...schema, description: `${schema.description ?? ''} Environment: ${variable}.`.trim() };
  if (schema.properties === undefined) return noted;
  const properties = Object.fromEntries(
    Object.entries(schema.properties).map(([key, member]) => [
      key,
      annotated(member, [...path, key]),
    ]),
  );
  return { ...noted, properties };
}

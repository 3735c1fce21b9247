import type { RawConfig } from './raw.generated.js';
import { CONFIG_SCHEMA } from './schema.js';
import type { Schema } from './schema-parts.js';
import type { Settings } from './settings.generated.js';
import { isTree } from './tree.js';

/**
 * Returns the checked document with the names of the code: `max_ttl_seconds` becomes `maxTtlSeconds`. Names that
 * operators choose, such as owners and labels, stay as they are.
 */
export function settingsOf(raw: RawConfig): Settings {
  return renamed(CONFIG_SCHEMA, raw) as Settings;
}

function renamed(schema: Schema, value: unknown): unknown {
  const { items, properties } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => renamed(items, item)) : value;
  if (!isTree(value) || properties === undefined) return value;
  // In the order of the schema, so that `config show` prints one order.
  const present = Object.entries(properties).filter(([key]) => value[key] !== undefined);
  return Object.fromEntries(
    present.map(([key, member]) => [camelCase(key), renamed(member, value[key])]),
  );
}

/** Returns the code's name of a key of the document. */
export function camelCase(key: string): string {
  return key.replaceAll(/_([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

import { formatPointer } from '../domain/json-pointer.js';
import type { ConfigProblem } from './problems.js';
import { CONFIG_SCHEMA } from './schema.js';
import type { Schema } from './schema-parts.js';
import { didYouMean } from './suggest.js';
import { setAt, type Tree } from './tree.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting of the file that an environment variable can override. */
export interface Setting {
  readonly path: readonly string[];
  readonly pointer: string;
  readonly schema: Schema;
  /** Names of the variable: the preferred one, then its aliases. */
  readonly variables: readonly string[];
}

/** Variables of secrets, which come from the environment or a file, never from countersign.yaml. */
export const ADMIN_TOKEN_VARIABLE = 'COUNTERSIGN_ADMIN_TOKEN';
export const KEY_ENCRYPTION_KEY_VARIABLE = 'COUNTERSIGN_KEY_ENCRYPTION_KEY';
export const REDIS_PASSWORD_VARIABLE = 'COUNTERSIGN_REDIS_PASSWORD';
export const SENTINEL_PASSWORD_VARIABLE = 'COUNTERSIGN_REDIS_SENTINEL_PASSWORD';
export const CONFIG_FILE_VARIABLE = 'COUNTERSIGN_CONFIG';

const OTHER_VARIABLES = [
  ADMIN_TOKEN_VARIABLE,
  KEY_ENCRYPTION_KEY_VARIABLE,
  REDIS_PASSWORD_VARIABLE,
  SENTINEL_PASSWORD_VARIABLE,
  CONFIG_FILE_VARIABLE,
  'COUNTERSIGN_ADMIN_URL',
  'COUNTERSIGN_PUBLIC_URL',
];

const SHORT_NAMES: Readonly<Record<string, string>> = {
  '/listeners/public/port': 'COUNTERSIGN_PORT',
  '/listeners/admin/port': 'COUNTERSIGN_ADMIN_PORT',
  '/listeners/sidecar/port': 'COUNTERSIGN_SIDECAR_PORT',
  '/keys/key_encryption_key_file': 'COUNTERSIGN_KEY_ENCRYPTION_KEY_FILE',
};

/** Every scalar key and every list of texts, in the order of the schema. */
export const SETTINGS: readonly Setting[] = settingsUnder(CONFIG_SCHEMA, []);

function settingsUnder(schema: Schema, path: readonly string[]): Setting[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const at = [...path, key];
    if (member.properties !== undefined) return settingsUnder(member, at);
    // Maps of names to texts can be set in the file only.
    if (member.type === 'object') return [];
    if (member.type === 'array' && member.items?.type !== 'string') return [];
    const pointer = formatPointer(at);
    const long = `COUNTERSIGN_${at.join('_').toUpperCase()}`;
    const short = SHORT_NAMES[pointer];
    return [{ path: at, pointer, schema: member, variables: short ? [short, long] : [long] }];
  });
}

/** The origin of each value that is not from the file, by JSON pointer. */
export type Origins = Map<string, string>;

/** Applies the environment over the document. An empty variable counts as unset. */
export function applyEnvironment(tree: Tree, env: Environment, origins: Origins): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const setting of SETTINGS) {
    const given = setting.variables.filter((name) => (env[name] ?? '') !== '');
    const [name, other] = given;
    if (name === undefined) continue;
    const text = env[name] ?? '';
    if (other !== undefined && env[other] !== text) {
      problems.push({ where: name, message: `differs from ${other}: set one of them` });
    }
    if (setting.path.at(-1) === 'port' && text.startsWith('tcp://')) {
      problems.push({
        where: name,
        message: 'was set by Kubernetes for a service of this name: set enableServiceLinks: false',
      });
      continue;
    }
    if (setAt(tree, setting.path, coerce(text, setting.schema))) origins.set(setting.pointer, name);
  }
  return problems;
}

/** Converts a text to the schema's type; a mismatch stays a text, so that validation reports it. */
function coerce(text: string, schema: Schema): unknown {
  if (schema.type === 'integer' && /^-?[0-9]{1,16}$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  if (schema.type === 'array') return text.split(',').map((item) => item.trim());
  return text;
}

/** Returns warnings for unknown variables with this prefix, which other programs may also use. */
export function unknownVariables(env: Environment, alsoKnown: readonly string[]): string[] {
  const known = new Set([
    ...SETTINGS.flatMap((setting) => setting.variables),
    ...OTHER_VARIABLES,
    ...alsoKnown,
  ]);
  return Object.keys(env)
    .filter((name) => name.startsWith('COUNTERSIGN_') && !known.has(name))
    .map((name) => `environment variable ${name} is not known${didYouMean(name, known)}`);
}

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Ajv from 'ajv/dist/2020.js';
import type Formats from 'ajv-formats';
import { problemOf, type Problem } from './problem.js';

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type Check<T> = (value: unknown) => Checked<T>;

/** A check that is one schema. */
export type SchemaCheck<T> = Check<T> & { readonly schema: object };

/** The file next to this one that the build writes: validators by the digest of their schema. */
export const COMPILED_CHECKS = './compiled-checks.cjs';

const require = createRequire(import.meta.url);
let ajv: Ajv.Ajv2020 | undefined;
const schemas: object[] = [];
let compiled: Readonly<Record<string, Ajv.ValidateFunction>> | undefined;

/**
 * Returns a check against a JSON Schema (2020-12) that reports every problem. The first check takes the validator of
 * the build. Without a build it compiles the schema, which blocks the thread for up to 0.5 s. Throws when the schema is
 * wrong.
 */
export function compileCheck<T>(schema: object): SchemaCheck<T> {
  schemas.push(schema);
  let validate: Ajv.ValidateFunction<T> | undefined;
  const check: Check<T> = (value) => {
    validate ??= compiledByBuild<T>(schema) ?? (ajv ??= newAjv()).compile<T>(schema);
    return validate(value)
      ? { ok: true, value }
      : { ok: false, problems: (validate.errors ?? []).map((error) => problemOf(error, schema)) };
  };
  return Object.assign(check, { schema });
}

/** Returns the schemas of all checks that the loaded modules made. */
export function checkedSchemas(): readonly object[] {
  return schemas;
}

/** Returns the compiler of schemas. Loaded at the first use: a process with compiled checks needs none. */
export function newAjv(code: Ajv.CodeOptions = {}): Ajv.Ajv2020 {
  const { Ajv2020 } = require('ajv/dist/2020.js') as typeof Ajv;
  const formats = require('ajv-formats') as typeof Formats;
  // Nothing is coerced, defaulted or removed: the checked document is used unchanged.
  const made = new Ajv2020({
    strict: true,
    allErrors: true,
    strictRequired: false,
    ownProperties: true,
    code,
  });
  formats.default(made);
  return made;
}

/** Returns the name of a schema's compiled validator. Another schema has another name, so none is stale. */
export function compiledName(schema: object): string {
  return `s${createHash('sha256').update(JSON.stringify(schema)).digest('hex')}`;
}

function compiledByBuild<T>(schema: object): Ajv.ValidateFunction<T> | undefined {
  compiled ??= readCompiled();
  return compiled[compiledName(schema)] as Ajv.ValidateFunction<T> | undefined;
}

/** Reads the file of the build; without one, as when tsx runs the sources, every schema is compiled. */
function readCompiled(): Readonly<Record<string, Ajv.ValidateFunction>> {
  try {
    return require(COMPILED_CHECKS) as Readonly<Record<string, Ajv.ValidateFunction>>;
  } catch (error) {
    if (isMissing(error)) return {};
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
}

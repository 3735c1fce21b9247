import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** A problem of a document at a JSON pointer (RFC 6901); the empty pointer is the whole document. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
}

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export type Check<T> = (value: unknown) => Checked<T>;

// Nothing is coerced, defaulted or removed: the checked document is used unchanged.
const ajv = new Ajv2020({
  strict: true,
  allErrors: true,
  strictRequired: false,
  ownProperties: true,
});
formats.default(ajv);

/**
 * Returns a check against a JSON Schema (2020-12) that reports every problem. Compiles the schema at the first check:
 * compiling takes milliseconds, and most commands use few of the schemas they import. Throws when the schema is wrong.
 */
export function compileCheck<T>(schema: object): Check<T> {
  let validate: ValidateFunction<T> | undefined;
  return (value) => {
    validate ??= ajv.compile<T>(schema);
    return validate(value)
      ? { ok: true, value }
      : { ok: false, problems: (validate.errors ?? []).map(problemOf) };
  };
}

function problemOf(error: ErrorObject): Problem {
  const params = error.params as Record<string, unknown>;
  const member = params['additionalProperty'] ?? params['missingProperty'];
  const named = typeof member === 'string' ? ` (${member})` : '';
  return { pointer: error.instancePath, message: `${error.message ?? error.keyword}${named}` };
}

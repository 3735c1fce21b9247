import standaloneCode from 'ajv/dist/standalone/index.js';
import { compiledName, newAjv } from './compile.js';

/** Returns the CommonJS source of a module that exports the validators of these schemas by `compiledName`. */
export function standaloneChecks(schemas: readonly object[]): string {
  const ajv = newAjv({ source: true });
  const named = new Map(schemas.map((schema) => [compiledName(schema), schema]));
  for (const [name, schema] of named) ajv.addSchema(schema, name);
  return standaloneCode.default(
    ajv,
    Object.fromEntries([...named.keys()].map((name) => [name, name])),
  );
}

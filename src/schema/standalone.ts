import standaloneCode from 'ajv/dist/standalone/index.js';
import { compiledName, newAjv } from './compile.js';

/** Returns the CommonJS source of a module that exports the validators of these schemas by `compiledName`. */
export function standaloneChecks(schemas: readonly object[]): string {
  const ajv = newAjv({ source: true });
  for (const schema of schemas) ajv.addSchema(schema, compiledName(schema));
  const names = schemas.map(compiledName);
  return standaloneCode.default(ajv, Object.fromEntries(names.map((name) => [name, name])));
}

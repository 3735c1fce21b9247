import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Writes the validators of the schemas that every start checks against into a folder of compiled sources, so that a
 * process neither loads ajv nor compiles them. Other schemas are compiled at their first check.
 */
export async function writeCompiledChecks(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const { CONFIG_SCHEMA } = await load('config/schema.js');
  const { agentSpecSchema, resourceSpecSchema, resourceServerSpecSchema } =
    await load('schema/registry.js');
  const { COMPILED_CHECKS } = await load('schema/compile.js');
  const { standaloneChecks } = await load('schema/standalone.js');
  const registry = [agentSpecSchema, resourceSpecSchema, resourceServerSpecSchema];
  writeFileSync(
    join(folder, 'schema', COMPILED_CHECKS),
    standaloneChecks([CONFIG_SCHEMA, ...registry]),
  );
}

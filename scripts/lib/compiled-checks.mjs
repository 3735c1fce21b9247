import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';

/** The contracts of policies, in rego/schemas/: every thread that opens a bundle checks against them. */
const OF_POLICIES = ['input', 'result'];

/**
 * Writes the validators of the schemas that every start, or every thread, checks against into a folder of compiled sources, so that a
 * process neither loads ajv nor compiles them. Other schemas are compiled at their first check.
 */
export async function writeCompiledChecks(folder) {
  const load = (path) => import(pathToFileURL(join(folder, path)).href);
  const { CONFIG_SCHEMA } = await load('config/schema.js');
  const { agentSpecSchema, resourceSpecSchema, resourceServerSpecSchema } =
    await load('schema/registry.js');
  const { MANIFEST_SCHEMA } = await load('policy/bundle/manifest.js');
  const { COMPILED_CHECKS } = await load('schema/compile.js');
  const { standaloneChecks } = await load('schema/standalone.js');
  const registry = [agentSpecSchema, resourceSpecSchema, resourceServerSpecSchema];
  const policy = OF_POLICIES.map((name) =>
    JSON.parse(readFileSync(join(root, 'rego', 'schemas', `${name}.json`), 'utf8')),
  );
  writeFileSync(
    join(folder, 'schema', COMPILED_CHECKS),
    standaloneChecks([CONFIG_SCHEMA, ...registry, MANIFEST_SCHEMA, ...policy]),
  );
}

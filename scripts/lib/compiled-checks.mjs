import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const MAKES_A_CHECK = /\bcompileCheck\b/;

/**
 * Writes the validators of all schemas into a folder of compiled sources, so that a process neither loads ajv nor
 * compiles a schema: the first request of a kind would wait for it, and all others with it.
 */
export async function writeCompiledChecks(folder) {
  const { COMPILED_CHECKS } = await load(folder, 'schema/compile.js');
  writeFileSync(join(folder, 'schema', COMPILED_CHECKS), await compiledChecks(folder));
}

/** Returns the source of that file. */
export async function compiledChecks(folder) {
  for (const path of readdirSync(folder, { recursive: true })) {
    const isSource = /(?<!\.d)\.[jt]s$/.test(path);
    if (isSource && MAKES_A_CHECK.test(readFileSync(join(folder, path), 'utf8')))
      await load(folder, path.replace(/\.ts$/, '.js'));
  }
  const { checkedSchemas } = await load(folder, 'schema/compile.js');
  const { standaloneChecks } = await load(folder, 'schema/standalone.js');
  return standaloneChecks(checkedSchemas());
}

function load(folder, path) {
  return import(pathToFileURL(join(folder, path)).href);
}

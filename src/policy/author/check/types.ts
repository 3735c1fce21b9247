import type { PolicySources } from '../sources.js';
import { withTestCapabilities, WITH_SCHEMAS, type Workspace } from '../workspace.js';
import { opaFindings, type Module } from './ast.js';
import type { Finding } from '../../../domain/policy-author.js';

/**
 * Matches annotations with schemas of the policy.
 * For those, opa needs the folder of schemas, otherwise only the input schema.
 */
const OWN_SCHEMAS = /^#[ \t]*(?:-[ \t]*)?(?:input|data)[\w.]*:[ \t]*schema[.[]/m;
const UNDEFINED = /undefined function (\S+)/;

/**
 * Runs `opa check --strict` on all files, tests included.
 * Types the input by `rego/schemas/input.json`. Skips calls of missing builtins, which builtinFindings reports. Throws
 * AuthorFailed `deadline`.
 */
export async function typeFindings(
  workspace: Workspace,
  sources: PolicySources,
  known: ReadonlySet<string>,
): Promise<Finding[]> {
  const own = [...sources.rego.values()].some((text) => OWN_SCHEMAS.test(text.toString('utf8')));
  const schemas = own ? WITH_SCHEMAS : ['--schema', '../schemas/input.json'];
  const run = await workspace.opa([
    ...['check', '--strict', '-b', '.', '--format', 'json', '--max-errors', '1000'],
    ...schemas,
    ...(await withTestCapabilities(workspace)),
  ]);
  if (run.code === 0) return [];
  const seen = new Set<string>();
  return opaFindings(run.stdout, run.stderr, 'types', '.manifest').filter(({ file, message }) => {
    // opa reports a missing schema for every rule that it would type.
    const again = message.startsWith('undefined schema') && seen.has(`${file} ${message}`);
    seen.add(`${file} ${message}`);
    return !again && (file.endsWith('_test.rego') || !isBuiltin(message, known));
  });
}

function isBuiltin(message: string, known: ReadonlySet<string>): boolean {
  const name = UNDEFINED.exec(message)?.[1];
  return name !== undefined && known.has(name);
}

/** Returns the place of the deciding rule, for findings of an evaluation. */
export function decidingPlace(
  modules: readonly Module[],
  entrypoint: string,
): Pick<Finding, 'file' | 'line'> {
  const name = entrypoint.split('/').join('.');
  for (const module of modules) {
    for (const { head, location } of module.rules) {
      if (`${module.package}.${head.name ?? ''}` === name) {
        return { file: module.path, line: location.row };
      }
    }
  }
  return { file: '.manifest', line: 1 };
}

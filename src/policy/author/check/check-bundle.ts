import type { CheckReport, Finding } from '../../../domain/policy-author.js';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readBundle, type Bundle } from '../../bundle/read.js';
import { BundleRefused } from '../../bundle/refused.js';
import { unsafeProblems } from '../../bundle/unsafe.js';
import { DEFAULT_ENTRYPOINT } from '../../serving/engine.js';
import type { BuiltBundle } from '../build.js';
import { packArchive } from '../../bundle/pack.js';
import { decideCases } from '../case-run.js';
import type { PolicySources } from '../sources.js';
import type { Toolchain } from '../workspace.js';
import { checkPolicy, reportOf, type CheckOptions } from './check-policy.js';

/** Returns whether a path is a bundle, packed or not, rather than a folder of sources. */
export async function isBundle(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  if (!found.isDirectory()) return true;
  return (await stat(join(path, 'policy.wasm')).catch(() => undefined)) !== undefined;
}

const NO_SOURCES: Finding = {
  file: '.manifest',
  line: 1,
  rule: 'sources',
  severity: 'warning',
  message: 'the bundle has no sources: its rules can be run, but not read',
  hint: 'Build it with `countersign policy build`.',
};

/**
 * Checks a bundle: its sources, that they compile to its module, and that it decides.
 * Ignores signatures. Throws AuthorFailed.
 */
export async function checkBundle(
  path: string,
  toolchain: Toolchain,
  options: CheckOptions = {},
): Promise<CheckReport> {
  let bundle: Bundle;
  try {
    bundle = await readBundle(path, { verification: 'off' });
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    return reportOf(error.problems.map(refusal), 0);
  }
  const { entrypoint = DEFAULT_ENTRYPOINT } = options;
  const archive = await packArchive(bundle.files);
  const run = await decideCases({ archive }, entrypoint, toolchain.deadlineMs);
  const refused = [...(await unsafeProblems(bundle)), ...('refused' in run ? run.refused : [])];
  const ran = refused.map(refusal);
  if (bundle.sources.size === 0) return reportOf([...ran, NO_SOURCES], 0);
  const { findings, files } = await checkPolicy(sourcesOf(bundle), toolchain, {
    ...options,
    compiled: (built) => differences(bundle, built),
  });
  return reportOf([...ran, ...findings], files);
}

function refusal(message: string): Finding {
  const hint = 'The service refuses this bundle.';
  return { file: '.manifest', line: 1, rule: 'bundle', severity: 'error', message, hint };
}

function sourcesOf({ sources, files }: Bundle): PolicySources {
  const { roots } = JSON.parse(String(files.get('.manifest'))) as { roots?: readonly string[] };
  const data = new Map<string, Buffer>([
    ['.manifest', Buffer.from(JSON.stringify({ roots: roots ?? [''] }))],
  ]);
  const own = files.get('data.json');
  if (own !== undefined) data.set('data.json', own);
  const rego = new Map([...sources].map(([path, text]) => [path, Buffer.from(text)]));
  return { rego, tests: new Map(), data, schemas: openSchemas(sources), cases: new Map() };
}

/** Returns an open schema for each annotation: a bundle carries no schemas, except that of the input. */
function openSchemas(sources: Bundle['sources']): ReadonlyMap<string, Buffer> {
  const named = [...sources.values()].flatMap((text) => [
    ...text.matchAll(/^#.*:\s*schema\.([A-Za-z0-9_.]+)\s*$/gm),
  ]);
  return new Map(
    named.map(([, name = '']) => [`schemas/${name.replaceAll('.', '/')}.json`, Buffer.from('{}')]),
  );
}

/** Compares the modules with a rebuild, since a compiler is deterministic. */
function differences(bundle: Bundle, built: BuiltBundle): Finding[] {
  if (bundle.opaVersion !== built.bundle.opaVersion) return [];
  const differing = [...built.bundle.modules].filter(([entrypoint, { original }]) => {
    const theirs = bundle.modules.get(entrypoint);
    return theirs === undefined || !Buffer.from(theirs.original).equals(original);
  });
  return differing.map(([entrypoint]) => ({
    file: 'policy.wasm',
    line: 1,
    rule: 'sources',
    severity: 'error',
    message: `${entrypoint} was not compiled from the sources that the bundle carries`,
    hint: 'Do not ship it: the rules that decide are not those of its sources.',
  }));
}

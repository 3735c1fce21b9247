import { dirname } from 'node:path';
import { readArchive } from '../bundle/archive.js';
import { BundleMembers, DEFAULT_BUNDLE_LIMITS, type BundleLimits } from '../bundle/members.js';
import { BundleRefused } from '../bundle/refused.js';
import { AuthorFailed } from './failed.js';
import { CASE, isData, MANIFEST, readSourceFiles, SCHEMA, type Files } from './source-files.js';

/** The sources of a policy: files by path relative to its folder, sorted by purpose. */
export interface PolicySources {
  /** Rego that is served. */
  readonly rego: Files;
  /** `*_test.rego`. */
  readonly tests: Files;
  /** `.manifest`, and `data.json` or `data.yaml` in any folder. */
  readonly data: Files;
  /** `schemas/*.json`, for annotations; the input schema always comes from the service. */
  readonly schemas: Files;
  /** `cases/*.json`, without the folder. */
  readonly cases: Files;
}

export interface FolderOptions {
  /** Replaces `cases/`. */
  readonly casesFolder?: string;
  /** Folders that add only Rego and its tests; `.manifest` at their top is ignored. */
  readonly withFolders?: readonly string[];
  readonly limits?: BundleLimits;
}

/**
 * Reads the folder of a policy.
 * Skips hidden files, links and files that a policy does not use. Also skips a folder with its own `.manifest`, which
 * is another policy. The limits apply to the folder and all `withFolders` together. Throws AuthorFailed.
 */
export async function readSourceFolder(
  folder: string,
  { casesFolder, withFolders = [], limits = DEFAULT_BUNDLE_LIMITS }: FolderOptions = {},
): Promise<PolicySources> {
  const total = new BundleMembers(limits);
  let sources = await reading(folder, async () => {
    const own = sort(await readSourceFiles(folder, total, limits), withFolders.length === 0);
    if (casesFolder === undefined) return own;
    const cases = await readSourceFiles(casesFolder, new BundleMembers(limits), limits, 'cases');
    return { ...own, cases: sort(cases, false).cases };
  });
  for (const added of withFolders) {
    const modules = await reading(added, async () =>
      sort(await readSourceFiles(added, total, limits), false),
    );
    sources = addModules(sources, modules, added);
  }
  return sources;
}

/** Reads a tar.gz of a policy folder. Throws AuthorFailed. */
export async function readSourceArchive(
  archive: Uint8Array,
  limits: BundleLimits = DEFAULT_BUNDLE_LIMITS,
): Promise<PolicySources> {
  return reading('the archive', async () =>
    sort((await readArchive(Buffer.from(archive), limits)).all()),
  );
}

async function reading(what: string, read: () => Promise<PolicySources>): Promise<PolicySources> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AuthorFailed) throw error;
    const problems = error instanceof BundleRefused ? error.problems : [reasonOf(error)];
    throw new AuthorFailed('sources', `${what} cannot be read`, problems, error);
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'ENOTDIR') return 'it is not a folder';
  return code ?? 'it cannot be opened';
}

/** Adds Rego and tests of another folder. It may hold no data, schemas or cases. Throws AuthorFailed. */
function addModules(sources: PolicySources, added: PolicySources, folder: string): PolicySources {
  const others = [
    ...[...added.data.keys()].filter((path) => path !== MANIFEST),
    ...added.schemas.keys(),
    ...[...added.cases.keys()].map((name) => `cases/${name}`),
  ];
  const twice = [...added.rego.keys(), ...added.tests.keys()].filter(
    (path) => sources.rego.has(path) || sources.tests.has(path),
  );
  const problems = [
    ...(added.rego.size === 0 ? ['it has no Rego files'] : []),
    ...others.map((path) => `${path}: an added folder may hold Rego only`),
    ...twice.map((path) => `${path}: the policy has a file with this path already`),
  ];
  if (problems.length > 0) throw new AuthorFailed('sources', `${folder} cannot be added`, problems);
  return {
    ...sources,
    rego: new Map([...sources.rego, ...added.rego]),
    tests: new Map([...sources.tests, ...added.tests]),
  };
}

function sort(files: Files, needsRego = true): PolicySources {
  const others = [...files.keys()]
    .filter((path) => path.endsWith(`/${MANIFEST}`))
    .map((path) => `${dirname(path)}/`);
  const ours = [...files].filter(([path]) => !others.some((other) => path.startsWith(other)));
  const pick = (keep: (path: string) => boolean): Files =>
    new Map(ours.filter(([path]) => keep(path)));
  const isTest = (path: string): boolean => path.endsWith('_test.rego');
  const rego = pick((path) => path.endsWith('.rego') && !isTest(path));
  if (needsRego && rego.size === 0) {
    const hint = others.length > 0 ? `; ${others.join(', ')} has its own .manifest` : '';
    throw new AuthorFailed('sources', `no Rego files in the folder or below it${hint}`);
  }
  return {
    rego,
    tests: pick(isTest),
    data: pick((path) => path === MANIFEST || isData(path)),
    schemas: pick((path) => SCHEMA.test(path)),
    cases: new Map(
      ours.flatMap(([path, content]) => {
        const name = CASE.exec(path)?.[1];
        return name === undefined ? [] : [[name, content] as const];
      }),
    ),
  };
}

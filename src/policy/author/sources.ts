import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readArchive } from '../bundle/archive.js';
import { BundleMembers, DEFAULT_BUNDLE_LIMITS, type BundleLimits } from '../bundle/members.js';
import { BundleRefused } from '../bundle/refused.js';
import { AuthorFailed } from './failed.js';

type Files = ReadonlyMap<string, Buffer>;

/** A policy as its author writes it: files by path below its folder, sorted into what they are for. */
export interface PolicySources {
  /** Rego that is served. */
  readonly rego: Files;
  /** `*_test.rego`. */
  readonly tests: Files;
  /** `.manifest`, and `data.json` or `data.yaml` in any folder. */
  readonly data: Files;
  /** `schemas/*.json`, for annotations; the input's own is always ours. */
  readonly schemas: Files;
  /** `cases/*.json`, without the folder. */
  readonly cases: Files;
}

const MANIFEST = '.manifest';
/** Below `cases/` and `schemas/` nothing is data, whatever its name. */
const DATA = /(?:^|\/)data\.(?:json|ya?ml)$/;
const NOT_DATA = /^(?:cases|schemas)\//;
const CASE = /^cases\/([^/]+\.json)$/;
const SCHEMA = /^schemas\/.+\.json$/;

function isData(path: string): boolean {
  return DATA.test(path) && !NOT_DATA.test(path);
}

/**
 * Reads a policy's folder. Hidden files, links and everything that is none of a policy's files are left alone, and
 * so is a folder below that has a `.manifest` of its own: that is another policy. `casesFolder` stands in for
 * `cases/`. Throws AuthorFailed.
 */
export async function readSourceFolder(
  folder: string,
  casesFolder?: string,
  limits: BundleLimits = DEFAULT_BUNDLE_LIMITS,
): Promise<PolicySources> {
  const members = new BundleMembers(limits);
  return reading(folder, async () => {
    await walk(folder, '', members);
    const sources = sort(members.all());
    if (casesFolder === undefined) return sources;
    const cases = new BundleMembers(limits);
    await walk(casesFolder, 'cases', cases, '');
    return { ...sources, cases: sort(cases.all(), false).cases };
  });
}

/** Reads a tar.gz of a policy's folder. Throws AuthorFailed. */
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
  if (code === 'ENOENT') return 'it is not there';
  if (code === 'ENOTDIR') return 'it is not a folder';
  return code ?? 'it cannot be opened';
}

async function walk(
  root: string,
  folder: string,
  members: BundleMembers,
  below = folder,
): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const inside = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.') && entry.name !== MANIFEST) continue;
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      await walk(root, path, members, inside);
    } else if (entry.isFile() && isOurs(path)) {
      members.add(path, await readFile(join(root, inside), path, members));
    }
  }
}

function isOurs(path: string): boolean {
  return (
    path.endsWith('.rego') ||
    isData(path) ||
    path.split('/').at(-1) === MANIFEST ||
    CASE.test(path) ||
    SCHEMA.test(path)
  );
}

async function readFile(file: string, path: string, members: BundleMembers): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    members.admit(path, (await handle.stat()).size);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
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
    const hint = others.length > 0 ? `; ${others.join(', ')} has a .manifest of its own` : '';
    throw new AuthorFailed('sources', `there is no Rego at the top or in a folder of it${hint}`);
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

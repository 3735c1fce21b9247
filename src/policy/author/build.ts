import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArchive } from '../bundle/archive.js';
import { COMPILER_KEY, SEQUENCE_KEY } from '../bundle/manifest.js';
import { DEFAULT_BUNDLE_LIMITS, normalisePath } from '../bundle/members.js';
import { packArchive } from '../bundle/pack.js';
import { readBundleArchive, type Bundle } from '../bundle/read.js';
import { BundleRefused } from '../bundle/refused.js';
import { CasesInvalid, parseCases } from './cases.js';
import { AuthorFailed } from './failed.js';
import { signFiles, SIGNATURES_PATH, type Signing } from './sign.js';
import type { PolicySources } from './sources.js';
import {
  inWorkspace,
  linesOf,
  WITH_CAPABILITIES,
  type Toolchain,
  type Workspace,
} from './workspace.js';

export interface BuildOptions {
  /** `metadata["countersign.sequence"]`; not stamped when absent. */
  readonly sequence?: number;
  /** Revision of the bundle; by default a hash of its content. */
  readonly revision?: string;
  readonly signing?: Signing;
}

/** A compiled policy. */
export interface BuiltBundle {
  /** Every file by path, sorted by path. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly archive: Uint8Array;
  readonly bundle: Bundle;
}

/**
 * Compiles a policy to a bundle with `opa build -t wasm`.
 * Takes entrypoints from annotations and allows only builtins of the service. Stamps the compiler version and includes
 * the Rego and the cases. Deterministic, except for an ES256 signature, which is random. Throws AuthorFailed.
 */
export async function buildPolicy(
  sources: PolicySources,
  toolchain: Toolchain,
  options: BuildOptions = {},
): Promise<BuiltBundle> {
  return inWorkspace(sources, toolchain, (workspace) =>
    buildIn(workspace, sources, toolchain.opa.version, options),
  );
}

/** Builds like buildPolicy, in an existing workspace. */
export async function buildIn(
  workspace: Workspace,
  sources: PolicySources,
  opaVersion: string,
  options: BuildOptions = {},
): Promise<BuiltBundle> {
  requireCases(sources);
  const compiled = await compile(workspace);
  const files = carryAlong(stamp(compiled, opaVersion, options), sources, options.revision);
  if (options.signing !== undefined) {
    const signature = await signFiles(workspace, files, options.signing);
    files.set(SIGNATURES_PATH, Buffer.from(signature));
  }
  const archive = await packArchive(files);
  return { files: inOrder(files), archive, bundle: await readBack(archive) };
}

function requireCases({ cases }: PolicySources): void {
  if (cases.has('data.json')) {
    const why = 'in a bundle, cases/data.json is data, not a case: rename it';
    throw new AuthorFailed('compile', 'the cases are not well-formed', [why]);
  }
  try {
    parseCases(new Map([...cases].map(([name, content]) => [name, content.toString('utf8')])));
  } catch (error) {
    if (!(error instanceof CasesInvalid)) throw error;
    throw new AuthorFailed('compile', 'the cases are not well-formed', error.problems, error);
  }
}

/** Runs `opa build`. Returns `.manifest`, `data.json`, `policy.wasm`, and Rego that is dropped. */
async function compile(workspace: Workspace): Promise<ReadonlyMap<string, Buffer>> {
  const args = ['build', '-t', 'wasm', '-b', '.', ...WITH_CAPABILITIES];
  const run = await workspace.opa([...args, '--ignore', '*_test.rego', '-o', '../built.tar.gz']);
  if (run.code !== 0) {
    throw new AuthorFailed('compile', 'the policy does not compile', explained(linesOf(run)));
  }
  const built = await readFile(join(workspace.folder, '..', 'built.tar.gz'));
  try {
    return (await readArchive(built, DEFAULT_BUNDLE_LIMITS)).all();
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    throw new AuthorFailed(
      'compile',
      'the output of opa build is not a bundle',
      error.problems,
      error,
    );
  }
}

function explained(lines: readonly string[]): readonly string[] {
  const unmarked = lines.some((line) => line.includes('requires at least one entrypoint'));
  if (!unmarked) return lines;
  return ['no rule is marked as the entrypoint: write `# METADATA`, `# entrypoint: true` above it'];
}

type Tree = Record<string, unknown>;

/** Returns the served members, with our metadata in the manifest and without a revision. */
function stamp(
  built: ReadonlyMap<string, Buffer>,
  opaVersion: string,
  { sequence }: BuildOptions,
): { readonly manifest: Tree; readonly files: Map<string, Buffer> } {
  const own = JSON.parse(member(built, '.manifest').toString('utf8')) as Tree;
  const wasm = own['wasm'] as readonly { readonly module: string }[];
  const metadata = {
    ...(own['metadata'] as Tree | undefined),
    [COMPILER_KEY]: opaVersion,
    ...(sequence === undefined ? {} : { [SEQUENCE_KEY]: sequence }),
  };
  const manifest = {
    ...own,
    // As the archive names them: opa finds /policy.wasm only in an archive with names that begin with a slash.
    wasm: wasm.map((one) => ({ ...one, module: normalisePath(one.module) })),
    metadata,
  };
  const names = [...new Set(manifest.wasm.map(({ module }) => module))];
  const files = ['data.json', ...names].map((name) => [name, member(built, name)] as const);
  return { manifest, files: new Map(files) };
}

function member(built: ReadonlyMap<string, Buffer>, name: string): Buffer {
  const bytes = built.get(name);
  if (bytes === undefined) throw new AuthorFailed('compile', `opa build wrote no ${name}`);
  return bytes;
}

function carryAlong(
  { manifest, files }: ReturnType<typeof stamp>,
  sources: PolicySources,
  revision: string | undefined,
): Map<string, Buffer> {
  for (const [path, content] of sources.rego) files.set(`sources/${path}.txt`, content);
  for (const [name, content] of sources.cases) files.set(`cases/${name}`, content);
  const unnamed = rendered({ ...manifest, revision: '' });
  const named = { ...manifest, revision: revision ?? hashOf(unnamed, files) };
  files.set('.manifest', rendered(named));
  return files;
}

function rendered(manifest: Tree): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
}

/** Returns 32 hex digits that any change of content changes. */
function hashOf(manifest: Buffer, files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256')
    .update(`${String(manifest.length)}:`)
    .update(manifest);
  for (const [path, content] of inOrder(files)) {
    hash.update(`${path}\0${String(content.length)}:`).update(content);
  }
  return hash.digest('hex').slice(0, 32);
}

function inOrder(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads the archive as the service would, so that an old compiler, say, is found at build time. */
async function readBack(archive: Uint8Array): Promise<Bundle> {
  try {
    return await readBundleArchive(archive, { verification: 'off' });
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    throw new AuthorFailed('compile', 'the service would refuse the bundle', error.problems, error);
  }
}

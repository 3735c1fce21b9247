import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Opa, OpaRun } from '../runners/opa.js';
import { AuthorFailed } from './failed.js';
import type { PolicySources } from './sources.js';

const CAPABILITIES = fileURLToPath(new URL('../../../rego/capabilities.json', import.meta.url));
const INPUT_SCHEMA = fileURLToPath(new URL('../../../rego/schemas/input.json', import.meta.url));

/** The tools and the deadline that work on sources needs. */
export interface Toolchain {
  readonly opa: Opa;
  /** For all runs of opa and threads together, in milliseconds. */
  readonly deadlineMs: number;
}

/** A policy laid out in a private folder, and opa run in it. */
export interface Workspace {
  readonly folder: string;
  /** Time left until the deadline, in milliseconds; at least 1. */
  leftMs(): number;
  /**
   * Runs opa in the folder, or in one named relative to it, within the time left.
   * Throws AuthorFailed `deadline`.
   */
  opa(
    args: readonly string[],
    options?: { readonly input?: string; readonly below?: string },
  ): Promise<OpaRun>;
}

/** Builtins that leave the process or read its environment. No test needs them, and servers run tests. */
const NEVER: ReadonlySet<string> = new Set(['http.send', 'opa.runtime', 'net.lookup_ip_addr']);

interface Capabilities {
  readonly builtins: readonly { readonly name: string }[];
}

/**
 * Returns arguments that allow tests every builtin of opa except those that leave the process.
 * Tests need more than a policy: their own tools and `json.patch`, for example.
 */
export async function withTestCapabilities(workspace: Workspace): Promise<readonly string[]> {
  const all = await capabilitiesOf(workspace);
  const builtins = all.builtins.filter(({ name }) => !NEVER.has(name));
  const text = JSON.stringify({ ...all, builtins, allow_net: [] });
  await writeFile(join(workspace.folder, '..', 'test-capabilities.json'), text);
  return ['--capabilities', '../test-capabilities.json'];
}

/** Returns every builtin that this opa knows. Throws AuthorFailed. */
export async function knownBuiltins(workspace: Workspace): Promise<ReadonlySet<string>> {
  return new Set((await capabilitiesOf(workspace)).builtins.map(({ name }) => name));
}

async function capabilitiesOf(workspace: Workspace): Promise<Capabilities> {
  const run = await workspace.opa(['capabilities', '--current']);
  if (run.code === 0) return JSON.parse(run.stdout) as Capabilities;
  throw new AuthorFailed('toolchain', 'opa capabilities failed', linesOf(run));
}

/** Splits the error output of opa into lines. */
export function linesOf({ stdout, stderr }: OpaRun): string[] {
  return `${stderr}\n${stdout}`
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Returns the builtins that a policy may call, as `rego/capabilities.json` lists them. */
export async function allowedBuiltins(): Promise<ReadonlySet<string>> {
  const { builtins } = JSON.parse(await readFile(CAPABILITIES, 'utf8')) as Capabilities;
  return new Set(builtins.map(({ name }) => name));
}

const POLICY = 'policy';

/** `--schema` with the input schema of the service and the schemas of the policy. */
export const WITH_SCHEMAS: readonly string[] = ['--schema', '../schemas'];

/** `--capabilities` with the builtins that a policy may use. */
export const WITH_CAPABILITIES: readonly string[] = ['--capabilities', CAPABILITIES];

/**
 * Lays sources out in a new folder, readable by this user only, and always removes it at the end.
 * Paths in it do not depend on the origin of the sources, since they end up in the compiled bytes. Throws AuthorFailed.
 */
export async function inWorkspace<T>(
  sources: PolicySources,
  { opa, deadlineMs }: Toolchain,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const startMs = performance.now();
  const leftMs = (): number => Math.max(1, Math.floor(deadlineMs - (performance.now() - startMs)));
  const top = await mkdtemp(join(tmpdir(), 'countersign-author-'));
  const folder = join(top, POLICY);
  try {
    await layOut(top, sources);
    return await work({
      folder,
      leftMs,
      async opa(args, options = {}) {
        const { below = '.', ...rest } = options;
        const cwd = join(folder, below);
        const run = await opa.run(args, { cwd, timeoutMs: leftMs(), ...rest });
        if (run.code === -1 && leftMs() === 1) {
          const verb = args[0] ?? '';
          throw new AuthorFailed('deadline', `opa ${verb} took over ${String(deadlineMs)} ms`);
        }
        return run;
      },
    });
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

async function layOut(top: string, sources: PolicySources): Promise<void> {
  const folder = join(top, POLICY);
  await mkdir(folder, { recursive: true });
  for (const files of [sources.rego, sources.tests, sources.data]) await writeFiles(folder, files);
  // Next to the policy folder: inside it, opa would take a schema named data.json for data.
  await writeFiles(top, sources.schemas);
  await writeFiles(top, new Map([['schemas/input.json', await readFile(INPUT_SCHEMA)]]));
}

/** Writes files by path below a folder. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const [path, content] of files) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

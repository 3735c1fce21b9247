import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readBundle, type Bundle } from '../../../src/policy/bundle/read.js';
import { CAPABILITIES_FILE, type Capabilities } from './capabilities.js';
import { opa } from './opa.js';

/** A builtin that is not ours, declared so that OPA compiles a call to it: all operands and the result are `any`. */
export interface ExtraBuiltin {
  readonly name: string;
  readonly arity: number;
}

export interface BundleSource {
  /** Rego of package `countersign`, without the package line; or whole files by path. */
  readonly rego: string | Readonly<Record<string, string>>;
  readonly data?: unknown;
  readonly revision?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly entrypoints?: readonly string[];
  readonly builtins?: readonly ExtraBuiltin[];
  /** Compiles as Rego v0, which still has the deprecated builtins. */
  readonly v0?: boolean;
}

const CACHE = join(tmpdir(), 'countersign-test-bundles');

/** Compiles a bundle with OPA and returns the path of its tar.gz; built once per content. */
export function buildBundle(source: BundleSource): string {
  const { metadata = { 'countersign.opa_version': '1.22.2' } } = source;
  const whole = { ...source, metadata, capabilities: capabilitiesFor(source.builtins ?? []) };
  const key = createHash('sha256').update(JSON.stringify(whole)).digest('hex').slice(0, 32);
  const file = join(CACHE, `${key}.tar.gz`);
  if (!existsSync(file)) compile(whole, file);
  return file;
}

/** A compiled bundle, read. */
export async function fixtureBundle(source: BundleSource): Promise<Bundle> {
  return readBundle(buildBundle(source), { verification: 'off' });
}

function compile(
  source: BundleSource & { readonly capabilities: Capabilities },
  file: string,
): void {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
  try {
    const files =
      typeof source.rego === 'string'
        ? { 'countersign/policy.rego': `package countersign\n\n${source.rego}` }
        : source.rego;
    for (const [path, text] of Object.entries(files)) write(dir, `src/${path}`, text);
    if (source.data !== undefined) write(dir, 'src/data.json', JSON.stringify(source.data));
    write(dir, 'src/.manifest', JSON.stringify({ roots: [''], metadata: source.metadata }));
    write(dir, 'capabilities.json', JSON.stringify(source.capabilities));
    const entrypoints = source.entrypoints ?? ['countersign/decision'];
    opa(
      [
        ...['build', '-t', 'wasm', '-b', 'src', '--revision', source.revision ?? 'r1'],
        ...(source.v0 === true ? ['--v0-compatible'] : []),
        ...['--capabilities', 'capabilities.json', '-o', 'out.tar.gz'],
        ...entrypoints.flatMap((entrypoint) => ['-e', entrypoint]),
      ],
      { cwd: dir },
    );
    mkdirSync(CACHE, { recursive: true });
    // Renamed into place, so that two test processes never see half a file.
    const half = `${file}.${randomBytes(4).toString('hex')}`;
    writeFileSync(half, readFileSync(join(dir, 'out.tar.gz')));
    renameSync(half, file);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function write(dir: string, path: string, text: string): void {
  const file = join(dir, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function capabilitiesFor(extra: readonly ExtraBuiltin[]): Capabilities {
  const base = JSON.parse(readFileSync(CAPABILITIES_FILE, 'utf8')) as Capabilities;
  const any = { type: 'any' };
  const declared = extra.map(({ name, arity }) => ({
    name,
    decl: { type: 'function', args: Array.from({ length: arity }, () => any), result: any },
  }));
  return { ...base, builtins: [...base.builtins, ...declared] };
}

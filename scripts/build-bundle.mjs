// Compiles rego/ into bundles/countersign, and checks that what is committed is what rego/ makes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findOpa, OPA_VERSION } from './lib/opa.mjs';
import { untar } from './lib/untar.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const REGO = join(ROOT, 'rego');
const BUNDLE = join(ROOT, 'bundles', 'countersign');
const MEMBERS = ['.manifest', 'data.json', 'policy.wasm'];

const HELP = `usage: node scripts/build-bundle.mjs [--check] [--out <folder>]

Compiles rego/ to WebAssembly with opa ${OPA_VERSION} and writes the bundle, unpacked, to bundles/countersign:
${MEMBERS.join(', ')}. The same sources always make the same bytes.

  --check         write nothing; exit 1 when the committed bundle is not what rego/ makes
  --out <folder>  write to (or with --check compare with) another folder
  --help          this text
`;

/** Runs `opa build` and returns the bundle's members, the manifest stamped with revision and compiler. */
export function compileBundle(opa = findOpa()) {
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
  try {
    const archive = join(scratch, 'bundle.tar.gz');
    // Relative paths and a fixed folder: absolute ones would end up in the compiled bytes.
    const args = ['build', '-t', 'wasm', '-b', '.', '-e', 'countersign/decision'];
    args.push('--capabilities', 'capabilities.json', '--ignore', '*_test.rego,examples');
    args.push('-o', archive);
    const ran = spawnSync(opa, args, { cwd: REGO, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`opa build failed:\n${ran.stderr}${ran.stdout}`);
    return stamp(untar(readFileSync(archive)));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

// The Rego that opa adds to the archive is left out: the engine runs the compiled module alone.
function stamp(built) {
  const [data, wasm] = [member(built, 'data.json'), member(built, 'policy.wasm')];
  const manifest = {
    ...JSON.parse(member(built, '.manifest').toString('utf8')),
    metadata: { 'countersign.opa_version': OPA_VERSION },
  };
  const hash = createHash('sha256');
  for (const part of [Buffer.from(render({ ...manifest, revision: '' })), data, wasm]) {
    hash.update(`${part.length}:`).update(part);
  }
  const revision = hash.digest('hex').slice(0, 32);
  const stamped = Buffer.from(render({ ...manifest, revision }));
  return new Map([
    ['.manifest', stamped],
    ['data.json', data],
    ['policy.wasm', wasm],
  ]);
}

function member(built, name) {
  const bytes = built.get(name);
  if (bytes === undefined) throw new Error(`opa build made no ${name}`);
  return bytes;
}

function render(value) {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** Names of the members that differ from, are missing from, or do not belong in a folder. */
export function compareWith(folder, members) {
  let there;
  try {
    there = readdirSync(folder);
  } catch {
    there = [];
  }
  const extra = there.filter((name) => !members.has(name));
  const differing = [...members].filter(
    ([name, bytes]) => !there.includes(name) || !readFileSync(join(folder, name)).equals(bytes),
  );
  return [...differing.map(([name]) => name), ...extra];
}

function write(folder, members) {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of members) writeFileSync(join(folder, name), bytes);
}

function main() {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const folder = values.out ?? BUNDLE;
  const shown = relative(process.cwd(), folder) || '.';
  process.stdout.write(`compiling rego/ with opa ${OPA_VERSION} …\n`);
  const members = compileBundle();
  const differing = compareWith(folder, members);
  if (differing.length === 0) return void process.stdout.write(`${shown} is what rego/ makes\n`);
  if (values.check) {
    process.stdout.write(`${shown} is not what rego/ makes: ${differing.join(', ')}\n`);
    process.stdout.write('run: node scripts/build-bundle.mjs\n');
    process.exitCode = 1;
    return;
  }
  write(folder, members);
  const { revision } = JSON.parse(members.get('.manifest').toString('utf8'));
  process.stdout.write(`${shown} written, revision ${revision}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

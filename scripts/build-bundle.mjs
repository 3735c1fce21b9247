// Compiles rego/ into bundles/countersign with `countersign policy build`, and checks that what is committed is that.
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { findOpa, OPA_VERSION } from './lib/opa.mjs';
import { root } from './lib/root.mjs';
import { runToEnd } from './lib/run.mjs';

const BUNDLE = join('bundles', 'countersign');

const HELP = `usage: node scripts/build-bundle.mjs [--check]

Compiles rego/ with the cases of test/policy to ${BUNDLE}, with opa ${OPA_VERSION}: equal sources always make
equal bytes.

  --check  write nothing; exit 1 when the committed bundle is not what rego/ makes
  --help   this text
`;

async function compileTo(folder) {
  await build();
  process.env.COUNTERSIGN_OPA = findOpa();
  const where = ['rego', '--cases', join('test', 'policy', 'cases'), '--out-folder', folder];
  await runToEnd(process.execPath, [join('dist', 'main.js'), 'policy', 'build', ...where], {
    progress: 'compiling rego/',
  });
}

/** Paths that are in one folder only, or whose bytes differ. */
function differences(left, right) {
  const [ours, theirs] = [left, right].map((folder) => new Set(filesOf(folder)));
  return [...new Set([...ours, ...theirs])].filter(
    (path) =>
      !ours.has(path) ||
      !theirs.has(path) ||
      !readFileSync(join(left, path)).equals(readFileSync(join(right, path))),
  );
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
}

async function check() {
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-bundle-'));
  try {
    await compileTo(scratch);
    const differing = differences(BUNDLE, scratch);
    if (differing.length === 0) return say(`${BUNDLE} is what rego/ makes`);
    say(`${BUNDLE} is not what rego/ makes: ${differing.join(', ')}`);
    say('run: node scripts/build-bundle.mjs');
    process.exitCode = 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function write() {
  await compileTo(BUNDLE);
  const { revision } = JSON.parse(readFileSync(join(BUNDLE, '.manifest'), 'utf8'));
  say(`${BUNDLE} written, revision ${revision}`);
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

try {
  const boolean = { type: 'boolean', default: false };
  const { values } = parseArgs({ options: { check: boolean, help: { ...boolean, short: 'h' } } });
  process.chdir(root);
  if (values.help) process.stdout.write(HELP);
  else await (values.check ? check() : write());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

// Bundles for the policy section: compiled by opa with our capabilities, packed by our own code.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OPA_VERSION } from '../../../scripts/lib/opa.mjs';
import { root } from '../../../scripts/lib/root.mjs';
import { packArchive, unpackArchive } from '../../built.mjs';

const CAPABILITIES = join(root, 'rego', 'capabilities.json');

/** `{wasm, data}` of a folder of Rego, `ignore` left out. Throws with the compiler's words. */
export async function compileFolder(opa, folder, ignore = []) {
  const scratch = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const archive = join(scratch, 'bundle.tar.gz');
    const args = ['build', '-t', 'wasm', '-b', '.', '-e', 'countersign/decision', '-o', archive];
    args.push('--capabilities', CAPABILITIES, ...ignoring(ignore));
    const { status, stderr, stdout } = spawnSync(opa, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`opa build in ${folder} failed:\n${stderr}${stdout}`);
    const members = await unpackArchive(readFileSync(archive));
    return { wasm: members.get('policy.wasm'), data: JSON.parse(members.get('data.json')) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

export function ignoring(names) {
  return ['*_test.rego', ...names].flatMap((name) => ['--ignore', name]);
}

/** As compileFolder, of one text of package `countersign`. */
export async function compileText(opa, rego, data = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  try {
    const file = join(folder, 'countersign', 'policy.rego');
    mkdirSync(dirname(file));
    writeFileSync(file, `package countersign\n\n${rego}`);
    writeFileSync(join(folder, 'data.json'), JSON.stringify(data));
    return await compileFolder(opa, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A bundle's tar.gz of what was compiled, under a revision. Bundles of one wasm differ by revision and data. */
export function archiveOf({ wasm, data }, { revision, sequence = 1, extra = {} }) {
  const manifest = {
    revision,
    roots: [''],
    wasm: [{ entrypoint: 'countersign/decision', module: '/policy.wasm' }],
    rego_version: 1,
    metadata: { 'countersign.opa_version': OPA_VERSION, 'countersign.sequence': sequence },
  };
  return packArchive(
    new Map([
      ['.manifest', Buffer.from(JSON.stringify(manifest))],
      ['data.json', Buffer.from(JSON.stringify({ ...data, ...extra }))],
      ['policy.wasm', wasm],
    ]),
  );
}

import binaryen from 'binaryen';
import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addFuel } from '../../../../src/policy/wasm/fuel/add-fuel.js';

const BUNDLE = fileURLToPath(
  new URL('../../../../bundles/countersign/policy.wasm', import.meta.url),
);
const OPTIMIZER = fileURLToPath(
  new URL('../../../../node_modules/binaryen/bin/wasm-opt', import.meta.url),
);
/** What OPA's modules may use. */
const FEATURES = ['bulk-memory', 'sign-ext', 'mutable-globals', 'nontrapping-float-to-int'];
const SEED_BYTES = 20_000;

/** The places of a module in the text of binaryen, and those where a charge stands first. */
interface Places {
  readonly functions: number;
  readonly loops: number;
  readonly charged: number;
}

/** Reads a module with a parser that we did not write. */
function placesOf(wasm: Uint8Array): Places {
  const module = binaryen.readBinary(wasm);
  try {
    module.setFeatures(binaryen.Features.All);
    expect(module.validate(), 'valid for binaryen').to.equal(1);
    const lines = module
      .emitText()
      .split('\n')
      .map((line) => line.trim());
    const starts = lines.flatMap((line, at) => (/^\((func|loop)\b/.test(line) ? [at] : []));
    const isLoop = (at: number): boolean => lines[at]?.startsWith('(loop') === true;
    return {
      functions: starts.filter((at) => !isLoop(at)).length,
      loops: starts.filter(isLoop).length,
      charged: starts.filter((at) => isCharge(lines, at + 1)).length,
    };
  } finally {
    module.dispose();
  }
}

/** Whether the code from a line on, behind declarations, compares the fuel with a constant and traps below it. */
function isCharge(lines: readonly string[], from: number): boolean {
  let at = from;
  while (/^\((local|block) /.test(lines[at] ?? '')) at++;
  return CHARGE.test(lines.slice(at, at + 12).join(' '));
}

const CHARGE =
  /^\(if \(i64\.lt_s \(global\.get (\$global\$\d+)\) \(i64\.const \d+\) \) \(then \(global\.set \1 \(i64\.const 0\) \) \(unreachable\) \) \)/;

/** A valid module made from a seed, with loops, calls and bulk operations. */
function madeFrom(seed: string, folder: string): Uint8Array {
  const [input, output] = [join(folder, 'seed'), join(folder, 'made.wasm')];
  const bytes = createHash('shake256', { outputLength: SEED_BYTES }).update(seed).digest();
  writeFileSync(input, bytes);
  const features = ['--mvp-features', ...FEATURES.map((name) => `--enable-${name}`)];
  // The optimizer is WebAssembly, and runs for less time than it takes V8 to optimize it.
  const args = ['--liftoff-only', OPTIMIZER, input, '-ttf', '-q', '-o', output, ...features];
  execFileSync(process.execPath, args, { stdio: 'pipe' });
  return readFileSync(output);
}

describe('binaryen, as a second opinion on the meter, finds a charge', function () {
  this.timeout(240_000);

  it('first in each function and each loop of the default policy, and none without the meter', () => {
    const wasm = readFileSync(BUNDLE);
    const [before, after] = [placesOf(wasm), placesOf(addFuel(wasm))];
    expect(before.loops).to.be.greaterThan(400);
    expect(before.charged, 'control').to.equal(0);
    const { functions, loops } = before;
    expect(after).to.deep.equal({ functions, loops, charged: functions + loops });
  });

  it('in each function and each loop of modules that are made from seeds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-binaryen-'));
    try {
      let loops = 0;
      for (const seed of ['a', 'b', 'c', 'd']) {
        const wasm = madeFrom(seed, folder);
        const [before, after] = [placesOf(wasm), placesOf(addFuel(wasm))];
        expect(after, seed).to.deep.equal({
          functions: before.functions,
          loops: before.loops,
          charged: before.functions + before.loops,
        });
        loops += before.loops;
      }
      expect(loops, 'the seeds make loops').to.be.greaterThan(10);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

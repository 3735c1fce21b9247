// Whether a thousand activations leave the memory where it was.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../child.mjs';
import { policyInput } from '../../policy-input.mjs';
import { round } from '../../redis.mjs';
import { lifecycleBundles } from './bundles.mjs';

const CHILD = fileURLToPath(new URL('memory-child.mjs', import.meta.url));
const BUNDLES = 4;

/** Samples of a process that activates four bundles in turn; the slope is of the second half, in MB per 1,000. */
export async function measureMemory(bench, opa) {
  const { options, folder, say } = bench;
  const activations = options.quick ? 100 : 1000;
  const revisions = Array.from({ length: BUNDLES }, (_, n) => `memory-${n}`);
  const files = [];
  for (const { revision, archive } of await lifecycleBundles(opa, revisions)) {
    files.push(join(folder, `${revision}.tar.gz`));
    writeFileSync(files.at(-1), archive);
  }
  const child = startChild(options.cores[0], CHILD, ['--expose-gc']);
  const task = { files, activations, every: activations / 20, input: policyInput('bench-1') };
  const { samples, ms_each } = await child.ask(task);
  await child.stop();
  const later = samples.slice(samples.length >> 1);
  // What is loaded at first stays, so what one activation leaves behind shows after some of them.
  const [early, last] = [samples[2], samples.at(-1)];
  say(`memory: ${early.resident_mb} MB, after ${activations} activations ${last.resident_mb} MB`);
  const slopes = ['resident_mb', 'heap_mb', 'external_mb'].map((name) => [
    name,
    slope(later, name),
  ]);
  return {
    activations,
    ms_each: round(ms_each, 1),
    early,
    last,
    slope_mb_per_1000: Object.fromEntries(slopes),
    samples,
  };
}

/** Of the least squares line, per 1,000 activations. */
function slope(samples, name) {
  const mean = (of) => samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const [x, y] = [mean((one) => one.activations), mean((one) => one[name])];
  const over = mean((one) => (one.activations - x) * (one[name] - y));
  return round((over / mean((one) => (one.activations - x) ** 2)) * 1000, 1);
}

// In a separate process with --expose-gc: activates a few bundles in turn, very often, and reads its memory.
import { readFileSync } from 'node:fs';
import { builtEngine } from '../../built.mjs';
import { answerTasks } from '../../child.mjs';

const MB = 1e6;
const { createPolicyEngine, readBundle } = await builtEngine();

/** What is still there once nothing is waiting to be collected. */
async function memory() {
  for (let i = 0; i < 2; i++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const mb = (bytes) => Math.round((bytes / MB) * 10) / 10;
  return {
    resident_mb: mb(rss),
    heap_mb: mb(heapUsed),
    external_mb: mb(external),
    array_buffers_mb: mb(arrayBuffers),
  };
}

answerTasks(async ({ files, activations, every, input }) => {
  const bundles = [];
  for (const file of files) bundles.push(await readBundle(readFileSync(file)));
  const engine = createPolicyEngine();
  const samples = [];
  const startedAt = performance.now();
  for (let n = 0; n <= activations; n++) {
    if (n % every === 0) samples.push({ activations: n, ...(await memory()) });
    const bundle = bundles[n % bundles.length];
    await engine.prepare(bundle);
    // The one before stays ready, as on a node, so that going back to it takes no time.
    const before = bundles[(n + bundles.length - 1) % bundles.length];
    engine.assign({ active: bundle.digest }, n === 0 ? [] : [before.digest]);
    await engine.decide(input);
  }
  return { samples, ms_each: (performance.now() - startedAt) / (activations + 1) };
});

// Compiles policies with opa and measures their evaluation in the engine of the service.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findOpa, OPA_VERSION } from '../../scripts/lib/opa.mjs';
import { root } from '../../scripts/lib/root.mjs';

const fromDist = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
const CAPABILITIES = join(root, 'rego', 'capabilities.json');

/** An engine that decides with the Rego files of a map, by path, and the data. Throws when opa refuses them. */
export async function engineOf(files, data) {
  const { createPolicyEngine } = await fromDist('policy/serving/engine.js');
  const { readBundle } = await fromDist('policy/bundle/read.js');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-measure-'));
  try {
    const write = (path, text) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    };
    for (const [path, text] of Object.entries(files)) write(`src/${path}`, text);
    write('src/data.json', JSON.stringify(data));
    const metadata = { 'countersign.opa_version': OPA_VERSION };
    write('src/.manifest', JSON.stringify({ roots: [''], revision: 'measured', metadata }));
    const args = ['build', '-t', 'wasm', '-b', 'src', '-e', 'countersign/decision'];
    args.push('--capabilities', CAPABILITIES, '-o', 'out.tar.gz');
    const ran = spawnSync(findOpa(), args, { cwd: folder, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`opa build: ${ran.stderr}${ran.stdout}`);
    const engine = createPolicyEngine();
    await engine.activate(await readBundle(join(folder, 'out.tar.gz'), { verification: 'off' }));
    return engine;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Median and 99th percentile of an evaluation in microseconds, over `times` of them, memory, and the effect. */
export async function timed(engine, input, times) {
  const micros = [];
  let evaluation;
  for (let i = 0; i < times; i++) {
    evaluation = await engine.decide(input);
    micros.push(evaluation.evaluationMicros);
  }
  micros.sort((a, b) => a - b);
  const at = (share) => micros[Math.min(micros.length - 1, Math.floor(micros.length * share))];
  const memory_mb = engine.counters().memoryBytes / 2 ** 20;
  return { p50: at(0.5), p99: at(0.99), memory_mb, effect: evaluation.result.effect };
}

/** As `timed`, the least of several rounds: on a busy machine the others measure somebody else. */
export async function leastOf(rounds, engine, input, times) {
  let best;
  for (let i = 0; i < rounds; i++) {
    const one = await timed(engine, input, times);
    if (best === undefined || one.p50 < best.p50) best = one;
  }
  return best;
}

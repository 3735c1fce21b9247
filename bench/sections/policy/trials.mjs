// What a shadow and a canary cost the requests that are served during them.
import { fileURLToPath } from 'node:url';
import { startChild } from '../../child.mjs';
import { measureRun } from '../../measure.mjs';
import { writeLoad, drive } from '../../load/drive.mjs';
import { policyInput } from '../../policy-input.mjs';
import { median } from '../../quantiles.mjs';
import { round } from '../../redis.mjs';
import { lifecycleBundles } from './bundles.mjs';
import { adminOf, startPolicyServices } from './service.mjs';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';

const CHILD = fileURLToPath(new URL('trials-child.mjs', import.meta.url));
const WAYS = ['alone', 'shadow', 'canary'];
const PERCENT = 50;

/** `{service, engine}`: requests under full load, and the decision alone, each without a trial and with one. */
export async function measureTrials(bench, opa) {
  const [active, trial] = await lifecycleBundles(opa, ['trial-0', 'trial-1']);
  return {
    percent: PERCENT,
    engine: await inEngine(bench, active, trial),
    service: await inService(bench, active, trial),
  };
}

async function inEngine({ options, folder, say }, ...bundles) {
  const files = bundles.map(({ revision, archive }) => {
    const file = join(folder, `${revision}.tar.gz`);
    writeFileSync(file, archive);
    return file;
  });
  const child = startChild(options.cores[0], CHILD);
  const inputs = Array.from({ length: 100 }, (_, n) => policyInput(`bench-${n}`));
  const task = { files, inputs, percent: PERCENT, seconds: options.quick ? 0.5 : 4 };
  const result = await child.ask(task);
  await child.stop();
  say(`trials, the decision: ${WAYS.map((way) => `${way} ${result[way].p50_us} µs`).join(', ')}`);
  return result;
}

async function inService(bench, active, trial) {
  const { options, say } = bench;
  const fleet = await startPolicyServices(bench, 'trials', { core: options.cores[0] });
  const [service] = fleet.services;
  const admin = adminOf(service);
  for (const { revision, archive } of [active, trial]) {
    await admin.push(archive);
    await admin.admit(revision);
  }
  await admin.activate(active.revision);
  const load = writeLoad(join(bench.folder, 'trials.tsv'), fleet.load);
  await drive(load, { core: options.cores[1], connections: options.connections, seconds: 2 });
  const runs = { alone: [], shadow: [], canary: [] };
  for (let turn = 0; turn < options.rounds; turn++) {
    for (const way of WAYS) {
      if (way === 'shadow') await admin.startTrial('shadow', trial.revision);
      if (way === 'canary') await admin.startTrial('canary', trial.revision, { percent: PERCENT });
      const run = await measureRun(bench, service, load, { seconds: options.quick ? 1 : 3 });
      if (way !== 'alone') await admin.endTrial(way);
      runs[way].push(run);
      say(`trials, ${way} ${turn + 1}/${options.rounds}: ${run.rps}/s, p99 ${run.p99_ms} ms`);
    }
  }
  await fleet.stop();
  const kept = ['rps', 'p50_ms', 'p99_ms', 'cpu_ms_per_request'];
  return Object.fromEntries(
    WAYS.map((way) => [
      way,
      Object.fromEntries(
        kept.map((name) => [name, round(median(runs[way].map((run) => run[name])), 4)]),
      ),
    ]),
  );
}

// Activating bundles with a megabyte of data under a steady load, and that load without.
import { join } from 'node:path';
import { builtEngine, builtReplay } from '../../built.mjs';
import { sleep } from '../../process.mjs';
import { quantiles } from '../../quantiles.mjs';
import { round } from '../../redis.mjs';
import { lifecycleBundles } from './bundles.mjs';
import { fillStore } from './replay-store.mjs';
import { adminOf, startLoad, startPolicyServices, timed, worstStall } from './service.mjs';

const REQUESTS_PER_SECOND = 200;
const PAUSE_MS = 500;
const TRIES = 4;
/** As many of the last day's decisions as the gate before an activation replays. */
const RECORDED = 20_000;

/**
 * Pushes, admits and activates such bundles one after the other. Every answer of the load that was under way
 * during one of these counts to it; the control is that load on that service before. `with_record` is on a
 * service with a day's record, which is replayed before each activation.
 */
export async function measureActivation(bench, opa) {
  const count = bench.options.quick ? 2 : 4;
  const recorded = bench.options.quick ? 1000 : RECORDED;
  const revisions = Array.from({ length: count }, (_, n) => `big-${n}`);
  const bundles = await lifecycleBundles(opa, revisions, { big: true });
  const service = { name: 'activation', bundles };
  const plain = await activateAll(bench, { ...service, recorded: 0 });
  const replayed = { ...service, name: 'activation_replayed', bundles: bundles.slice(0, 2) };
  const { steps } = await activateAll(bench, { ...replayed, recorded });
  return {
    bundle_kb: round(bundles[0].archive.length / 1000),
    activations: count,
    requests_per_second: REQUESTS_PER_SECOND,
    ...plain,
    with_record: { recorded, ...steps.activate },
  };
}

async function activateAll(bench, { name, bundles, recorded }) {
  const { options, say } = bench;
  const fleet = await startPolicyServices(bench, name, {
    prepare: (dataDir) => fillRecord(join(dataDir, 'audit.db'), bundles[0].archive, recorded),
  });
  const [service] = fleet.services;
  const load = await startLoad(bench, fleet.services, fleet.load, REQUESTS_PER_SECOND);
  await sleep(options.quick ? 1000 : 4000);
  await service.takeStalls();
  const control = await timed(() => sleep(options.quick || recorded > 0 ? 1500 : 6000));
  const controlStalls = await service.takeStalls();
  const admission = { brokenOff: 0 };
  const steps = { push: [], admit: [], activate: [] };
  const stalls = { push: [], admit: [], activate: [] };
  for (const bundle of bundles) {
    for (const [step, work] of Object.entries(stepsOf(adminOf(service), bundle, admission))) {
      steps[step].push(await timed(work));
      stalls[step].push(...(await service.takeStalls()));
      await sleep(100);
    }
    const took = Object.values(steps).map((all) => round(all.at(-1).tookMs));
    say(`${name} of ${bundle.revision}: push, admit, activate took ${took.join(', ')} ms`);
    await sleep(PAUSE_MS);
  }
  const { requests, generatorLateMs } = await load.stop();
  await fleet.stop();
  const latencies = (spans) => latenciesWithin(requests, spans);
  return {
    failed: requests.filter(({ status }) => status !== 200).length,
    admissions_broken_off: admission.brokenOff,
    generator_late_ms: round(generatorLateMs, 1),
    control: { latency_ms: latencies([control]), stalls: worstStall(controlStalls) },
    steps: Object.fromEntries(
      Object.entries(steps).map(([step, all]) => {
        const took_ms = quantiles(
          all.map(({ tookMs }) => tookMs),
          0,
        );
        return [step, { took_ms, latency_ms: latencies(all), stalls: worstStall(stalls[step]) }];
      }),
    ),
  };
}

function stepsOf(admin, { revision, archive }, admission) {
  return {
    push: () => admin.push(archive),
    admit: () => admitAtLast(admin, revision, admission),
    activate: () => admin.activate(revision),
  };
}

async function fillRecord(storePath, archive, count) {
  if (count === 0) return;
  const { readBundle } = await builtEngine();
  const { createJudge } = await builtReplay();
  await fillStore(storePath, await createJudge(await readBundle(archive)), count);
}

/** Admission has a deadline, which a machine that is busy with others can miss. That is counted, and it is asked again. */
async function admitAtLast(admin, revision, admission) {
  for (let tries = 1; ; tries++) {
    try {
      return await admin.admit(revision);
    } catch (error) {
      if (tries === TRIES || !/hung/.test(error.message)) throw error;
      admission.brokenOff += 1;
    }
  }
}

/** Of the requests that were under way in one of these spans. */
function latenciesWithin(requests, spans) {
  const within = requests.filter((one) =>
    spans.some(({ askedMs, doneMs }) => one.sentMs < doneMs && one.answeredMs > askedMs),
  );
  return quantiles(within.map(({ tookMs }) => tookMs));
}

// Activating bundles with a megabyte of data under a steady load, beside the same load without.
import { quantiles } from '../../quantiles.mjs';
import { round } from '../../redis.mjs';
import { sleep } from '../../process.mjs';
import { lifecycleBundles } from './bundles.mjs';
import { adminOf, nowMs, startLoad, startPolicyServices, timed, worstStall } from './service.mjs';

const REQUESTS_PER_SECOND = 200;
const PAUSE_MS = 500;
const TRIES = 4;

/**
 * Pushes, admits and activates such bundles one after the other. Every answer of the load that was under way
 * during one of these counts to it; the control is the same load on the same service before.
 */
export async function measureActivation(bench, opa) {
  const { options, say } = bench;
  const count = options.quick ? 2 : 5;
  const revisions = Array.from({ length: count }, (_, n) => `big-${n}`);
  const bundles = await lifecycleBundles(opa, revisions, { big: true });
  const fleet = await startPolicyServices(bench, 'activation');
  const [service] = fleet.services;
  const admin = adminOf(service);
  const load = await startLoad(bench, fleet.services, fleet.load, REQUESTS_PER_SECOND);
  await sleep(options.quick ? 1000 : 4000);
  await service.takeStalls();
  const controlFrom = nowMs();
  await sleep(options.quick ? 1500 : 8000);
  const controlTo = nowMs();
  const controlStalls = await service.takeStalls();
  const steps = { push: [], admit: [], activate: [] };
  const stalls = { push: [], admit: [], activate: [] };
  const admission = { brokenOff: 0 };
  for (const { revision, archive } of bundles) {
    for (const [name, work] of [
      ['push', () => admin.push(archive)],
      ['admit', () => admitAtLast(admin, revision, admission)],
      ['activate', () => admin.activate(revision)],
    ]) {
      steps[name].push(await timed(work));
      stalls[name].push(...(await service.takeStalls()));
      await sleep(100);
    }
    const took = Object.values(steps).map((all) => round(all.at(-1).tookMs));
    say(`activation of ${revision}: push, admit, activate took ${took.join(', ')} ms`);
    await sleep(PAUSE_MS);
  }
  const { requests, generatorLateMs } = await load.stop();
  await fleet.stop();
  const failed = requests.filter(({ status }) => status !== 200);
  const within = (from, to) => requests.filter((one) => one.sentMs < to && one.answeredMs > from);
  return {
    bundle_kb: round(bundles[0].archive.length / 1000),
    activations: count,
    requests_per_second: REQUESTS_PER_SECOND,
    failed: failed.length,
    admissions_broken_off: admission.brokenOff,
    generator_late_ms: round(generatorLateMs, 1),
    control: { ...latencies(within(controlFrom, controlTo)), stalls: worstStall(controlStalls) },
    steps: Object.fromEntries(
      Object.entries(steps).map(([name, all]) => [
        name,
        {
          took_ms: quantiles(
            all.map(({ tookMs }) => tookMs),
            0,
          ),
          ...latencies(all.flatMap(({ askedMs, doneMs }) => within(askedMs, doneMs))),
          stalls: worstStall(stalls[name]),
        },
      ]),
    ),
  };
}

/** Admission has a deadline, which a machine that is busy with others can miss. That is counted, and it is asked again. */
async function admitAtLast(admin, revision, admission) {
  for (let tries = 1; ; tries++) {
    try {
      return await admin.admit(revision);
    } catch (error) {
      if (tries === TRIES || !/hung|WorkerTimedOut/.test(error.message)) throw error;
      admission.brokenOff += 1;
    }
  }
}

const latencies = (requests) => ({ latency_ms: quantiles(requests.map(({ tookMs }) => tookMs)) });

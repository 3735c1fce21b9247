// Ten swaps in a minute of steady traffic: what failed, what was decided by whom, how long, and how much memory.
import { sleep } from '../../process.mjs';
import { quantiles } from '../../quantiles.mjs';
import { round } from '../../redis.mjs';
import { lifecycleBundles } from './bundles.mjs';
import { adminOf, nowMs, startLoad, startPolicyServices, timed, worstStall } from './service.mjs';

const REQUESTS_PER_SECOND = 500;
const SWAPS = 10;
const SETTLE_MS = 700;
const NOT_YET = { askedMs: Number.POSITIVE_INFINITY, doneMs: Number.POSITIVE_INFINITY };

export async function measureHotSwap(bench, opa) {
  const { options, say } = bench;
  const seconds = options.quick ? 10 : 60;
  const revisions = Array.from({ length: SWAPS + 1 }, (_, n) => `swap-${n}`);
  const bundles = await lifecycleBundles(opa, revisions);
  const fleet = await startPolicyServices(bench, 'hot_swap');
  const [service] = fleet.services;
  const admin = adminOf(service);
  for (const { revision, archive } of bundles) {
    await admin.push(archive);
    await admin.admit(revision);
  }
  const forced = [{ revision: revisions[0], ...(await timed(() => admin.activate(revisions[0]))) }];
  const warm = await startLoad(bench, fleet.services, fleet.load, REQUESTS_PER_SECOND);
  await sleep(options.quick ? 2000 : 8000);
  await warm.stop();
  const before = await megabytes(service);
  await service.takeStalls();
  const load = await startLoad(bench, fleet.services, fleet.load, REQUESTS_PER_SECOND);
  const startedMs = nowMs();
  for (const [n, revision] of revisions.slice(1).entries()) {
    const dueMs = startedMs + ((n + 0.5) * seconds * 1000) / SWAPS;
    await sleep(Math.max(0, dueMs - nowMs()));
    forced.push({ revision, ...(await timed(() => admin.activate(revision))) });
  }
  await sleep(Math.max(0, startedMs + seconds * 1000 - nowMs()));
  const { requests, generatorLateMs } = await load.stop();
  const stalls = await service.takeStalls();
  const after = await megabytes(service);
  await fleet.stop();
  const answered = requests.filter(({ status }) => status === 200);
  const swaps = forced.slice(1);
  const near = answered.filter((one) =>
    swaps.some(({ askedMs, doneMs }) => one.answeredMs > askedMs && one.sentMs < doneMs),
  );
  say(`hot swap: ${requests.length} requests, ${requests.length - answered.length} failed`);
  return {
    seconds: round((requests.at(-1).sentMs - requests[0].sentMs) / 1000),
    swaps: SWAPS,
    requests_per_second: REQUESTS_PER_SECOND,
    requests: requests.length,
    broken: requests.filter(({ status }) => status === 0).length,
    not_200: requests.filter(({ status }) => status !== 0 && status !== 200).length,
    not_in_force: answered.filter((one) => !wasInForce(one, forced)).length,
    revisions_seen: new Set(answered.map(({ revision }) => revision)).size,
    swap_ms: quantiles(
      swaps.map(({ tookMs }) => tookMs),
      0,
    ),
    latency_ms: quantiles(answered.map(({ tookMs }) => tookMs)),
    latency_during_swaps_ms: quantiles(near.map(({ tookMs }) => tookMs)),
    generator_late_ms: round(generatorLateMs, 1),
    stalls: worstStall(stalls),
    memory_mb: { before, after },
  };
}

/** Without requests: read a few times, since pages are given back little by little. */
async function megabytes(service) {
  const seen = [];
  for (let i = 0; i < 4; i++) {
    await sleep(SETTLE_MS);
    seen.push(await service.memory());
  }
  const least = (name) => round(Math.min(...seen.map((one) => one[name])) / 1e6, 1);
  return { resident: least('rss'), heap: least('heapUsed'), external: least('external') };
}

/** Asked for before the answer came, and not replaced before the request was sent. */
function wasInForce({ revision, sentMs, answeredMs }, forced) {
  const at = forced.findIndex((one) => one.revision === revision);
  if (at < 0) return false;
  const { doneMs: replacedMs } = forced[at + 1] ?? NOT_YET;
  return forced[at].askedMs <= answeredMs && sentMs <= replacedMs;
}

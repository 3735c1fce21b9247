// How long going back takes, and going forward, until no node of two decides by the other bundle any more.
import { sleep } from '../../process.mjs';
import { quantiles } from '../../quantiles.mjs';
import { lifecycleBundles } from './bundles.mjs';
import { adminOf, startLoad, startPolicyServices, timed } from './service.mjs';

const REQUESTS_PER_SECOND = 200;
const PAUSE_MS = 60;

/** `{rollback, activation}`: until the call was answered, and until the last answer by the bundle that went. */
export async function measureRollback(bench, opa) {
  const { options, say } = bench;
  const rollbacks = options.quick ? 10 : 50;
  const activations = options.quick ? 3 : 8;
  const revisions = Array.from({ length: activations + 1 }, (_, n) => `back-${n}`);
  const fleet = await startPolicyServices(bench, 'rollback', { count: 2 });
  const admin = adminOf(fleet.services[0]);
  for (const { revision, archive } of await lifecycleBundles(opa, revisions)) {
    await admin.push(archive);
    await admin.admit(revision);
  }
  await admin.activate(revisions[0]);
  const load = await startLoad(bench, fleet.services, fleet.load, REQUESTS_PER_SECOND);
  await sleep(2000);
  const activated = [];
  let active = revisions[0];
  for (let n = 1; n <= activations; n++) {
    const next = revisions[n];
    activated.push({ from: active, to: next, ...(await timed(() => admin.activate(next))) });
    active = next;
    await sleep(PAUSE_MS);
  }
  const rolledBack = [];
  for (let n = 0; n < rollbacks; n++) {
    const done = await timed(() => admin.rollback());
    const to = done.value.revision;
    rolledBack.push({ from: active, to, ...done });
    active = to;
    await sleep(PAUSE_MS);
  }
  const { requests } = await load.stop();
  await fleet.stop();
  const both = { activation: activated, rollback: rolledBack };
  const all = [...activated, ...rolledBack];
  const result = {
    nodes: fleet.services.length,
    requests: requests.length,
    failed: requests.filter(({ status }) => status !== 200).length,
  };
  for (const [name, changes] of Object.entries(both)) {
    const nextOf = (change) => all[all.indexOf(change) + 1];
    const seen = changes.map((change) => switchOf(change, nextOf(change), requests));
    result[name] = {
      acknowledged_ms: quantiles(
        changes.map(({ tookMs }) => tookMs),
        1,
      ),
      everywhere_ms: quantiles(
        seen.map(({ everywhereMs }) => everywhereMs),
        1,
      ),
      late: seen.reduce((sum, { late }) => sum + late, 0),
    };
    say(`${name}: everywhere after ${result[name].everywhere_ms.p50} ms at the median`);
  }
  return result;
}

/**
 * `everywhereMs`: when the last answer of any node named the bundle that went, from when the change was asked for.
 * `late`: answers that named it though they were asked for after the change was acknowledged.
 */
function switchOf({ from, askedMs, doneMs }, next, requests) {
  const untilMs = next?.askedMs ?? Number.POSITIVE_INFINITY;
  // The next change may bring it back.
  const old = requests.filter(
    (one) => one.revision === from && one.answeredMs > askedMs && one.answeredMs < untilMs,
  );
  const lastMs = old.reduce((latest, { answeredMs }) => Math.max(latest, answeredMs), askedMs);
  return {
    everywhereMs: lastMs - askedMs,
    late: old.filter(({ sentMs }) => sentMs > doneMs).length,
  };
}

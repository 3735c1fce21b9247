// Resident memory of the service after a number of grants.
import { join } from 'node:path';
import { startService, trimStreams } from '../contenders/countersign.mjs';
import { writeLoad, drive } from '../load/drive.mjs';
import { driving } from '../measure.mjs';
import { residentBytes, sleep } from '../process.mjs';
import { round } from '../redis.mjs';

const SLICE_SECONDS = 10;
const SETTLE_MS = 3000;

/**
 * Issues until `--grants` were made, reading the memory of a fresh service on the way; then has it introspect
 * every token of `loads`, which fills the verifier's memory too.
 */
export async function memoryAfterGrants(bench, loads) {
  const { options, folder, say, redis } = bench;
  await redis.setFsync('everysec');
  const place = { dataDir: join(folder, 'data'), prefix: 'cs' };
  const service = await startService(bench, { name: 'memory', ...place });
  const here = (spec) => writeLoad(join(folder, 'memory.tsv'), { ...spec, url: service.url });
  const load = here(loads.issue_form);
  const megabytes = () => round(residentBytes(service.pid) / 1e6, 1);
  const beforeMb = megabytes();
  const samples = [];
  let grants = 0;
  while (grants < options.grants) {
    const seconds = options.quick ? 1 : SLICE_SECONDS;
    grants += (await drive(load, { ...driving(options), seconds })).requests;
    samples.push({ grants, resident_mb: megabytes() });
    say(`memory: ${grants} grants, ${samples.at(-1).resident_mb} MB`);
    await trimStreams(redis.client, place.prefix);
  }
  await sleep(SETTLE_MS);
  const atRestMb = megabytes();
  const introspection = here(loads.introspect_cold);
  while (introspection.next < loads.introspect_cold.lines.length) {
    await drive(introspection, { ...driving(options), seconds: options.quick ? 1 : SLICE_SECONDS });
  }
  const introspectedMb = megabytes();
  await service.stop();
  return {
    grants,
    resident_mb_before: beforeMb,
    resident_mb_highest: Math.max(...samples.map(({ resident_mb: mb }) => mb)),
    resident_mb_at_rest: atRestMb,
    tokens_introspected_then: loads.introspect_cold.lines.length,
    resident_mb_after_introspecting: introspectedMb,
    samples: thinned(samples, 20),
  };
}

function thinned(samples, wanted) {
  const step = Math.max(1, Math.ceil(samples.length / wanted));
  return samples.filter((_, index) => index % step === 0 || index === samples.length - 1);
}

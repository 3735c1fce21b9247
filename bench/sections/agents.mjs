// The cost of a request with ten agents registered and with many, side by side.
import {
  issueLoad,
  prepareDataDir,
  startService,
  trimStreams,
  writeAgents,
} from '../contenders/countersign.mjs';
import { measureWorkload } from '../measure.mjs';
import { round } from '../redis.mjs';

const FEW = 10;
/** More than the service keeps in its cache of agents, so that nearly every one of them is read from Redis. */
const COLD_AGENTS = 50_000;

/**
 * Ten agents ask: of ten registered, and of many. Then agents spread over all of the many ask in turn,
 * each of which is cold: that costs one more round trip whatever their number.
 */
export async function compareAgentCounts(bench) {
  const { redis, options, say } = bench;
  const dataDir = prepareDataDir(bench.folder);
  await redis.setFsync('everysec');
  const few = await writeAgents(redis.client, 'few', FEW, FEW);
  say(`writing ${options.agents} agents`);
  const startedAt = performance.now();
  const known = Math.min(COLD_AGENTS, options.agents);
  const many = await writeAgents(redis.client, 'many', options.agents, known);
  const writeMs = performance.now() - startedAt;
  const services = [];
  for (const prefix of ['few', 'many']) {
    const name = `agents_${prefix}`;
    services.push({ prefix, ...(await startService(bench, { name, dataDir, prefix })) });
  }
  const [small, large] = services;
  const contender = (service, name, credentials) => ({
    name,
    pid: service.pid,
    loads: { issue_form: issueLoad(service.url, credentials, 'form') },
    afterRun: () => trimStreams(redis.client, service.prefix),
  });
  const spread = many.filter((_, index) => index % Math.ceil(many.length / FEW) === 0);
  const results = await measureWorkload(
    bench,
    'issue_form',
    [
      contender(small, 'ten_of_ten', few),
      contender(large, 'ten_of_many', spread),
      contender(large, 'all_of_many', many),
    ],
    'agents',
  );
  await Promise.all(services.map((service) => service.stop()));
  const base = results.ten_of_ten.cpu_ms_per_request;
  return {
    registered: options.agents,
    written_in_seconds: round(writeMs / 1000, 1),
    start_ms: { ten: round(small.startMs), many: round(large.startMs) },
    results,
    cpu_ratio_ten_of_many: round(results.ten_of_many.cpu_ms_per_request / base, 3),
    cpu_ratio_all_of_many: round(results.all_of_many.cpu_ms_per_request / base, 3),
  };
}

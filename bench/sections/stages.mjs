// Where the time of a request goes, as the service itself measures it: one connection, so that nothing queues.
import { join } from 'node:path';
import { writeLoad } from '../load/drive.mjs';
import { measureRun } from '../measure.mjs';
import { round } from '../redis.mjs';

const FAMILY = 'countersign_stage_duration_seconds';
const HTTP = 'http_request_duration_seconds';
const WORKLOADS = { introspect: 'introspect_hot', issue: 'issue_form' };
const POLICY_CORE_MS = 'decide';

/** `{workload: {request_ms, cpu_ms, stages: {name: {ms, share_of_request}}, policy…}}`. */
export async function stageTables(bench, service) {
  const tables = {};
  await bench.redis.setFsync(bench.options.fsync.at(-1));
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    bench.say(`stages of ${name}, one connection`);
    const load = writeLoad(join(bench.folder, `stages-${name}.tsv`), service.loads[workload]);
    const before = await service.metrics();
    const run = await measureRun(bench, service, load, { connections: 1 });
    const after = await service.metrics();
    tables[name] = table(before, after, run, name === 'issue' ? 'token' : 'introspect');
    await service.afterRun?.();
  }
  return tables;
}

function table(before, after, run, route) {
  const delta = (key) => (after[key] ?? 0) - (before[key] ?? 0);
  const httpKey = (kind) =>
    Object.keys(after).find(
      (key) => key.startsWith(`${HTTP}_${kind}{`) && key.includes(`handler="${route}"`),
    );
  const requests = delta(httpKey('count'));
  const requestMs = (delta(httpKey('sum')) / requests) * 1000;
  const stages = {};
  for (const key of Object.keys(after)) {
    const stage = new RegExp(`^${FAMILY}_sum\\{stage="([a-z]+)"\\}$`).exec(key)?.[1];
    if (stage === undefined || delta(`${FAMILY}_count{stage="${stage}"}`) === 0) continue;
    const ms = (delta(key) / requests) * 1000;
    stages[stage] = { ms: round(ms, 4), share_of_request: round(ms / requestMs, 3) };
  }
  const rest = requestMs - Object.values(stages).reduce((sum, { ms }) => sum + ms, 0);
  stages.rest = { ms: round(rest, 4), share_of_request: round(rest / requestMs, 3) };
  const policy = stages[POLICY_CORE_MS];
  return {
    requests,
    request_ms: round(requestMs, 4),
    p50_ms_seen_by_client: run.p50_ms,
    cpu_ms_per_request: run.cpu_ms_per_request,
    stages,
    ...(policy === undefined
      ? {}
      : {
          policy_share_of_request: policy.share_of_request,
          policy_share_of_cpu: round(policy.ms / run.cpu_ms_per_request, 3),
        }),
  };
}

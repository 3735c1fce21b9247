// Interleaved runs: A B C A B C …, so that other work of the machine affects all alike.
import { join } from 'node:path';
import { checkLoad } from './check.mjs';
import { drive, writeLoad } from './load/drive.mjs';
import { cpuMs, residentBytes } from './process.mjs';
import { commandStats, commandsPerRequest, round } from './redis.mjs';

const WARM_UP_SECONDS = 1;

/** Measures one workload over the contenders that have it; resolves to `{name: result}`. */
export async function measureWorkload(bench, workload, contenders, label = workload) {
  const { options, folder, say } = bench;
  const entries = [];
  for (const contender of contenders) {
    const spec = contender.loads[workload];
    if (spec === undefined) continue;
    await checkLoad(contender.name, workload, spec);
    const load = writeLoad(join(folder, `${contender.name}-${workload}.tsv`), spec);
    await drive(load, { ...driving(options), seconds: WARM_UP_SECONDS });
    entries.push({ contender, spec, load, runs: [] });
  }
  for (let turn = 0; turn < options.rounds; turn++) {
    for (const entry of rotated(entries, turn)) {
      const run = await measureRun(bench, entry.contender, entry.load);
      entry.runs.push(run);
      const { name } = entry.contender;
      say(`${label} ${turn + 1}/${options.rounds} ${name}: ${run.rps}/s, p99 ${run.p99_ms} ms`);
      await entry.contender.afterRun?.();
    }
  }
  for (const { contender, spec } of entries) await checkLoad(contender.name, workload, spec);
  return Object.fromEntries(entries.map(({ contender, runs }) => [contender.name, summary(runs)]));
}

/** Another contender begins each round, so that none always follows one other. */
function rotated(entries, turn) {
  const at = turn % entries.length;
  return [...entries.slice(at), ...entries.slice(0, at)];
}

export const driving = ({ cores, duration, connections }) => ({
  core: cores[1],
  seconds: duration,
  connections,
});

/** One run of one contender, with what it used. */
export async function measureRun({ redis, options }, { pid }, load, overrides = {}) {
  const before = { cpu: cpuMs(pid), redis: cpuMs(redis.pid) };
  const commands = await commandStats(redis.client);
  const started = performance.now();
  const result = await drive(load, { ...driving(options), ...overrides });
  const wallMs = performance.now() - started;
  const usedMs = cpuMs(pid) - before.cpu;
  const redisMs = cpuMs(redis.pid) - before.redis;
  const after = await commandStats(redis.client);
  const { requests, seconds, p50_ms, p90_ms, p99_ms } = result;
  return {
    rps: round(requests / seconds),
    p50_ms: round(p50_ms, 2),
    p90_ms: round(p90_ms, 2),
    p99_ms: round(p99_ms, 2),
    cpu_ms_per_request: round(usedMs / requests, 4),
    redis_cpu_ms_per_request: round(redisMs / requests, 4),
    /** Of its core. Well under 1: something else ran there, or the load generator was the limit. */
    core_share: round(usedMs / wallMs, 2),
    resident_mb: round(residentBytes(pid) / 1e6, 1),
    requests,
    redis_commands: commandsPerRequest(commands, after, requests),
  };
}

/** The medians of the runs; commands and memory are of the last. */
function summary(runs) {
  const last = runs.at(-1);
  const medians = Object.fromEntries(
    Object.keys(last)
      .filter((key) => key !== 'redis_commands')
      .map((key) => [key, round(median(runs.map((run) => run[key])), 4)]),
  );
  return {
    ...medians,
    /** What one core would do if nothing else used it: 1000 / CPU time. Steadier than rps on a shared machine. */
    rps_per_core: round(1000 / medians.cpu_ms_per_request),
    rps_of_rounds: runs.map(({ rps }) => rps),
    redis_commands: last.redis_commands,
  };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

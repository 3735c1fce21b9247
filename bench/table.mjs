#!/usr/bin/env node
// The tables of docs/reference/performance.md from a result: npm run -s bench > result.json; node bench/table.mjs result.json
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { policyTables } from './tables/policy.mjs';
import { rows } from './tables/rows.mjs';

/** Markdown of every table the result has the numbers for. */
export function tablesOf(result) {
  return [
    machineLine(result),
    ...(result.targets.length > 0 ? [targetTable(result.targets)] : []),
    ...Object.entries(result.results).flatMap(([workload, byPolicy]) =>
      Object.entries(byPolicy).map(([policy, byName]) => workloadTable(workload, policy, byName)),
    ),
    ...Object.entries(result.stages ?? {}).map(([name, table]) => stageTable(name, table)),
    ...(result.memory === undefined ? [] : [memoryTable(result.memory)]),
    ...(result.agents === undefined ? [] : [agentTable(result.agents)]),
    ...(result.policy === undefined ? [] : policyTables(result.policy)),
    ...(result.quarantine === undefined ? [] : [quarantineTable(result.quarantine)]),
    ...(result.gather === undefined ? [] : [gatherTable(result.gather)]),
    ...Object.entries(result.profiles ?? {}).map(([name, { top }]) => profileRows(name, top)),
  ].join('\n\n');
}

function machineLine({ at, machine, redis, driver, options }) {
  const { cpu, cores, node, load_before: load } = machine;
  return `${at}: ${cpu}, ${cores} cores, load before ${load}; Node ${node}, Redis ${redis}, ${driver}, ${options.rounds} × ${options.duration} s, ${options.connections} connections.`;
}

function targetTable(targets) {
  const text = (got) => (typeof got === 'object' ? `${got.rps} (by CPU ${got.cpu})` : String(got));
  return rows(
    ['target', 'wanted', 'got', 'met'],
    targets.map(({ name, wanted, got, met }) => [name, wanted, text(got), met ? 'yes' : 'no']),
  );
}

function workloadTable(workload, policy, byName) {
  const commands = (stats) =>
    Object.entries(stats)
      .map(([name, { calls, usec }]) => `${name} ${calls} (${usec} µs)`)
      .join(', ');
  const lines = Object.entries(byName).map(([name, one]) => [
    name,
    ...[one.rps, one.p50_ms, one.p99_ms, one.cpu_ms_per_request, one.redis_cpu_ms_per_request],
    ...[one.rps_per_core, one.core_share, one.resident_mb, commands(one.redis_commands)],
  ]);
  const head = ['contender', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms/req', 'Redis CPU ms/req'];
  const rest = ['req/s per core', 'share of its core', 'resident MB', 'Redis commands per request'];
  return `**${workload}**, appendfsync ${policy}\n\n${rows([...head, ...rest], lines)}`;
}

function quarantineTable({ denied_ms: denied, quarantined_ms: stopped, ...seen }) {
  const { ratio, agents, tokens, introspections, active_after: active } = seen;
  const head = `**Quarantine** of ${agents} agents with ${tokens} tokens: ${ratio} × an ordinary denial at the median; ${active} of ${introspections} introspections begun after the answer were active`;
  const lines = [
    ['ordinary denial', denied.p50, denied.p99],
    ['the request that quarantines', stopped.p50, stopped.p99],
  ];
  return `${head}\n\n${rows(['request', 'p50 ms', 'p99 ms'], lines)}`;
}

function gatherTable(gather) {
  const lines = Object.entries(gather).map(
    ([name, { us, without_score_us: bare, ratio, terms }]) => [
      name === 'usual' ? 'steadily' : 'in a burst',
      ...[us.p50, us.p99, bare.p50, ratio, terms],
    ],
  );
  const head = ['an agent asks', 'p50 µs', 'p99 µs', 'p50 without the score', 'ratio', 'terms'];
  return `**The gather**, microseconds inside Redis (\`SLOWLOG\`)\n\n${rows(head, lines)}`;
}

function stageTable(name, { request_ms: whole, cpu_ms_per_request: cpu, stages }) {
  const lines = Object.entries(stages).map(([stage, { ms, share_of_request: share }]) => [
    stage,
    ms,
    `${(share * 100).toFixed(1)} %`,
  ]);
  const head = `**Stages of ${name}**, one connection: ${whole} ms a request, ${cpu} ms of CPU`;
  return `${head}\n\n${rows(['stage', 'ms', 'share'], lines)}`;
}

function memoryTable(memory) {
  const lines = [
    ['after start', memory.resident_mb_before],
    [`highest while making ${memory.grants} grants`, memory.resident_mb_highest],
    ['three seconds later', memory.resident_mb_at_rest],
    [
      `after introspecting ${memory.tokens_introspected_then} tokens`,
      memory.resident_mb_after_introspecting,
    ],
  ];
  return `**Memory of the service**\n\n${rows(['moment', 'resident MB'], lines)}`;
}

function agentTable({ registered, results, start_ms: start }) {
  const names = {
    ten_of_ten: 'ten agents ask, of ten registered',
    ten_of_many: `ten agents ask, of ${registered} registered`,
    all_of_many: `agents ask in turn, all over ${registered} registered`,
  };
  const lines = Object.entries(results).map(([name, one]) => [
    names[name],
    one.rps,
    one.p99_ms,
    one.cpu_ms_per_request,
  ]);
  const head = `**Registered agents**; the service starts in ${start.ten} ms with ten, ${start.many} ms with ${registered}`;
  return `${head}\n\n${rows(['', 'req/s', 'p99 ms', 'CPU ms/req'], lines)}`;
}

function profileRows(name, top) {
  const percent = (share) => `${(share * 100).toFixed(1)} %`;
  const lines = top.map(({ self, total, name: fn, at }) => [
    percent(self),
    percent(total),
    `\`${fn}\``,
    at,
  ]);
  return `**Top functions of ${name}**\n\n${rows(['self', 'total', 'function', 'where'], lines)}`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [file] = process.argv.slice(2);
  if (file === undefined || file === '--help') {
    process.stdout.write('usage: node bench/table.mjs RESULT.json\n');
    process.exit(file === undefined ? 2 : 0);
  }
  process.stdout.write(`${tablesOf(JSON.parse(readFileSync(file, 'utf8')))}\n`);
}

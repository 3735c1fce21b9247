// The run: everything started, measured, compared and ended again.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { driverName, ensureWrk } from './load/drive.mjs';
import { pinned } from './process.mjs';
import { profileService } from './profile.mjs';
import { round, startRedis } from './redis.mjs';
import { ratiosOf, targetsOf } from './report.mjs';
import { measureAuditStore } from './sections/audit.mjs';
import { compareAgentCounts } from './sections/agents.mjs';
import { compare, startContenders, startCountersign } from './sections/compare.mjs';
import { measureGather } from './sections/gather.mjs';
import { memoryAfterGrants } from './sections/memory.mjs';
import { measurePolicy } from './sections/policy/index.mjs';
import { measureQuarantine } from './sections/quarantine.mjs';
import { stageTables } from './sections/stages.mjs';

const HOT_TOKENS = 100;

/** Measures what the options ask for and resolves to the one JSON document. `redisServer` is the binary. */
export async function runBench(options, redisServer) {
  const say = options.json ? () => undefined : (line) => process.stderr.write(`${line}\n`);
  ensureWrk(say);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const before = loadavg();
  const redis = await startRedis(redisServer, options.cores[2], join(folder, 'redis'));
  const manyTokens = ['introspect', 'memory'].some((section) => options.only.includes(section));
  const hotTokens = Math.min(HOT_TOKENS, options.tokens / 2);
  const bench = { options, redis, folder, say, manyTokens, hotTokens };
  let failed = true;
  try {
    const measured = await measure(bench);
    failed = false;
    return {
      benchmark: 'countersign',
      at: new Date().toISOString(),
      machine: machine(before),
      redis: (await redis.client.info('server')).match(/redis_version:(\S+)/)?.[1],
      driver: driverName(),
      pinned,
      options: { ...options, cpuProf: undefined },
      ...measured,
    };
  } finally {
    await redis.stop();
    if (failed) say(`logs are kept in ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(bench) {
  const { only } = bench.options;
  const wants = (section) => only.includes(section);
  const compares = wants('introspect') || wants('issue');
  const served = ['stages', 'memory'].some(wants) || bench.options.cpuProf !== undefined;
  const contenders = compares
    ? await startContenders(bench)
    : served
      ? await startCountersign(bench)
      : [];
  const results = compares ? await compare(bench, contenders) : {};
  const service = contenders.find(({ name }) => name === 'countersign');
  const stages = wants('stages') ? await stageTables(bench, service) : undefined;
  const memory = wants('memory') ? await memoryAfterGrants(bench, service.loads) : undefined;
  for (const contender of contenders) await contender.stop();
  const agents = wants('agents') ? await compareAgentCounts(bench) : undefined;
  const policy = wants('policy') ? await measurePolicy(bench) : undefined;
  const quarantine = wants('quarantine') ? await measureQuarantine(bench) : undefined;
  const gather = wants('gather') ? await measureGather(bench) : undefined;
  const audit = wants('audit') ? await measureAuditStore(bench) : undefined;
  const profiles =
    bench.options.cpuProf === undefined ? undefined : await profileService(bench, service.loads);
  const ratios = ratiosOf(results);
  const targets = targetsOf({ ratios, stages, memory, agents, policy, quarantine, gather });
  const sections = { stages, memory, agents, policy, quarantine, gather, audit, profiles };
  return { targets, ratios, results, ...sections };
}

function machine(before) {
  const [first] = cpus();
  return {
    cpu: first?.model,
    cores: availableParallelism(),
    memory_gb: round(totalmem() / 1e9),
    node: process.versions.node,
    /** Load of one minute before anything was started: above 0.3, somebody else was here too. */
    load_before: round(before[0], 2),
  };
}

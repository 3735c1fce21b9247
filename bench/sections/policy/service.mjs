// Services to ship bundles to, the admin calls that do it, and a steady load during them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChild } from '../../child.mjs';
import { call } from '../../client.mjs';
import {
  issueLoad,
  prepareDataDir,
  startService,
  startWorker,
  writeAgents,
} from '../../contenders/countersign.mjs';
import { waitFor } from '../../process.mjs';

const STALLS = fileURLToPath(new URL('../../load/stalls.mjs', import.meta.url));
const PACED = fileURLToPath(new URL('../../load/paced.mjs', import.meta.url));
const AGENTS = 100;

/**
 * `count` services on one store of their own, on any core, with their worker: what a bundle needs besides is made
 * in threads, and before an activation the record is read. `prepare` is given the data folder before they start.
 */
export async function startPolicyServices(bench, name, options = {}) {
  const { count = 1, core = null, prepare } = options;
  const { redis, folder } = bench;
  const prefix = `policy_${name}`;
  const dataDir = prepareDataDir(join(folder, prefix));
  const credentials = await writeAgents(redis.client, prefix, AGENTS, AGENTS);
  await prepare?.(dataDir);
  const services = [];
  for (let i = 0; i < count; i++) {
    const stallsFile = join(folder, `${prefix}-${i}.stalls`);
    const service = await startService(bench, {
      name: `${prefix}-${i}`,
      dataDir,
      prefix,
      core,
      nodeArgs: ['--expose-gc', '--import', STALLS],
      env: { BENCH_STALLS: stallsFile },
    });
    const ask = (collect) => askProbe(service.pid, stallsFile, collect);
    services.push({
      ...service,
      takeStalls: async () => (await ask(false)).stalls,
      /** After unreachable memory was collected. */
      memory: async () => (await ask(true)).memory,
    });
  }
  const worker = startWorker(bench, services[0].name);
  return {
    services,
    load: issueLoad(services[0].url, credentials, 'form'),
    async stop() {
      await worker.stop();
      for (const service of services) await service.stop();
    },
  };
}

/** What the loop of a service did not turn for since the last time this was asked, and its memory. */
async function askProbe(pid, file, collect) {
  rmSync(file, { force: true });
  if (collect) writeFileSync(`${file}.gc`, '');
  else rmSync(`${file}.gc`, { force: true });
  process.kill(pid, 'SIGUSR2');
  return waitFor('stalls', undefined, () => JSON.parse(readFileSync(file, 'utf8')));
}

/** The longest of some stalls, and of it and of any what the main thread itself computed. */
export function worstStall(stalls) {
  const worst = (what) => Math.round(Math.max(0, ...stalls.map((one) => one[what])) * 10) / 10;
  return {
    stalled_ms: worst('stalled_ms'),
    ran_ms: worst('ran_ms'),
    waited_ms: worst('waited_ms'),
  };
}

/** Requests at a fixed rate to all of these services, from now until `stop()`. */
export async function startLoad(bench, services, load, ratePerSecond) {
  const child = startChild(bench.options.cores[1], PACED);
  const { path, type, lines } = load;
  await child.ask({ urls: services.map(({ url }) => url), path, type, lines, ratePerSecond });
  return {
    /** Resolves to the requests in the order of their answers, times in ms of `nowMs()`. */
    async stop() {
      const { records, latest_ms } = await child.ask('stop');
      await child.stop();
      const requests = records.map(([node, sentNs, tookMs, status, revision]) => {
        const sentMs = sentNs / 1e6;
        return { node, sentMs, tookMs, answeredMs: sentMs + tookMs, status, revision };
      });
      return { requests, generatorLateMs: latest_ms };
    },
  };
}

/** The clock that loads and services share with this process. */
export const nowMs = () => Number(process.hrtime.bigint()) / 1e6;

/** Admin calls of one service. Each throws with the answer unless it is a success. */
export function adminOf({ demo }) {
  const ask = async (method, path, body, type = 'application/json') => {
    const { status, text } = await call(demo.admin_url, path, method, body, {
      Authorization: `Bearer ${demo.admin_token}`,
      ...(body === undefined
        ? {}
        : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) }),
    });
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const policy = (method, path, json) =>
    ask(method, `/admin/v1/policy/${path}`, json === undefined ? undefined : JSON.stringify(json));
  return {
    push: (archive) => ask('POST', '/admin/v1/policy/bundles', archive, 'application/gzip'),
    /** Throws with the steps that failed. */
    async admit(ref) {
      const { report } = await policy('POST', `bundles/${ref}/admit`);
      if (!report.ok) throw new Error(`${ref} was refused: ${JSON.stringify(report.steps)}`);
      return report;
    },
    activate: (ref) => policy('POST', `bundles/${ref}/activate`, {}),
    rollback: () => policy('POST', 'rollback', { reason: 'benchmark' }),
    startTrial: (role, ref, json = {}) => policy('POST', `bundles/${ref}/${role}`, json),
    endTrial: (role) => policy('DELETE', role),
  };
}

/** Resolves to what a call returned and how long it took, with when it was asked and acknowledged. */
export async function timed(work) {
  const askedMs = nowMs();
  const value = await work();
  const doneMs = nowMs();
  return { value, askedMs, doneMs, tookMs: doneMs - askedMs };
}

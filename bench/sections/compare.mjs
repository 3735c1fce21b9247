// Countersign and the others: introspection and issue, under each fsync policy.
import { startBare } from '../contenders/bare.mjs';
import {
  issueTokens,
  prepareDataDir,
  serviceLoads,
  startService,
  trimStreams,
  writeAgents,
} from '../contenders/countersign.mjs';
import { findOpaBinary, startOpa } from '../contenders/opa.mjs';
import { startOidc } from '../contenders/oidc.mjs';
import { measureWorkload } from '../measure.mjs';

const PREFIX = 'cs';
const WORKLOADS = {
  introspect: ['introspect_hot', 'introspect_mixed', 'introspect_cold'],
  issue: ['issue_form', 'issue_json'],
};
/** Of these, what is measured under every fsync policy; the rest writes nothing and is measured under the first. */
const WRITING = new Set(['introspect_hot', 'issue_form', 'issue_json']);

/** Starts everybody that the sections asked for need. */
export async function startContenders(bench) {
  const { say, options } = bench;
  say('starting the contenders');
  const limit = await startBare('limit', 'node', bench);
  const floor = await startBare('floor', 'express', bench);
  const oidc = await startOidc(bench);
  const opaBinary = options.only.includes('issue') ? findOpaBinary() : undefined;
  if (opaBinary === undefined) say('no opa binary: that contender is left out');
  const opa = opaBinary === undefined ? [] : [await startOpa(opaBinary, bench)];
  const [countersign, express] = await startCountersign(bench);
  return [limit, floor, oidc, ...opa, countersign, express];
}

/** The service as shipped, and with its front off, on one store and with equal tokens. */
export async function startCountersign(bench) {
  const { redis, options, hotTokens, say } = bench;
  const dataDir = prepareDataDir(bench.folder);
  const credentials = await writeAgents(redis.client, PREFIX, options.clients, options.clients);
  const shared = { dataDir, prefix: PREFIX };
  const service = await startService(bench, { name: 'countersign', ...shared });
  const express = await startService(bench, {
    name: 'countersign_express',
    front: false,
    ...shared,
  });
  const count = bench.manyTokens ? options.tokens : hotTokens;
  say(`countersign: issuing ${count} tokens`);
  const tokens = await issueTokens(service, credentials, count, hotTokens);
  await trimStreams(redis.client, PREFIX);
  const material = { credentials, tokens, hotTokens };
  return [service, express].map((one) => ({
    ...one,
    loads: serviceLoads(one, material),
    afterRun: () => trimStreams(redis.client, PREFIX),
  }));
}

/** `{workload: {fsync: {contender: result}}}`. */
export async function compare(bench, contenders) {
  const { options, redis } = bench;
  const results = {};
  for (const section of options.only) {
    for (const workload of WORKLOADS[section] ?? []) {
      results[workload] = {};
      for (const policy of WRITING.has(workload) ? options.fsync : options.fsync.slice(0, 1)) {
        await redis.setFsync(policy);
        const label = `${workload} (${policy})`;
        results[workload][policy] = await measureWorkload(bench, workload, contenders, label);
      }
    }
  }
  return results;
}

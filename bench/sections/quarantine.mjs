// How long the request that quarantines an agent takes, and that nothing of the agent is active once it is answered.
import { join } from 'node:path';
import { basic, JSON_TYPE, FORM, inParallel, post, postJson } from '../client.mjs';
import { prepareDataDir, startService, writeAgents } from '../contenders/countersign.mjs';
import { RESOURCE, SCOPES, TTL_SECONDS } from '../policy-input.mjs';
import { quantiles } from '../quantiles.mjs';
import { round } from '../redis.mjs';

const PREFIX = 'quarantine';
/** In the demo's catalogue a honey scope: the third request for it passes every threshold. */
const HONEY = 'export_all';
const TOKENS = 8;

/** Times in ms as the agent sees them; `active_after` counts introspections begun after the answer, on either node. */
export async function measureQuarantine(bench) {
  const { options, say, redis, folder } = bench;
  const agents = options.quick ? 20 : 300;
  const dataDir = prepareDataDir(join(folder, PREFIX));
  const credentials = await writeAgents(redis.client, PREFIX, agents, agents);
  const nodes = [];
  for (const name of [`${PREFIX}-0`, `${PREFIX}-1`]) {
    nodes.push(await startService(bench, { name, dataDir, prefix: PREFIX, core: null }));
  }
  const times = { denied: [], quarantined: [] };
  const seen = { active_before: 0, active_after: 0, introspections: 0 };
  try {
    for (const credential of credentials) await one(nodes, credential, times, seen);
  } finally {
    for (const node of nodes) await node.stop();
  }
  if (seen.active_before !== agents * TOKENS)
    throw new Error('a token was not active to begin with');
  const [denied, quarantined] = [quantiles(times.denied, 2), quantiles(times.quarantined, 2)];
  const ratio = round(quarantined.p50 / denied.p50, 2);
  say(
    `quarantine: ${quarantined.p50} ms at the median (${ratio} × an ordinary denial), ${seen.active_after} of ${seen.introspections} introspections active after it`,
  );
  return {
    agents,
    tokens: agents * TOKENS,
    denied_ms: denied,
    quarantined_ms: quarantined,
    ratio,
    ...seen,
  };
}

/** One agent's life: tokens, a request that is denied, the one that quarantines it, and what is left then. */
async function one(nodes, { id, secret }, times, seen) {
  const ask = (scope) => [
    basic(id, secret),
    JSON.stringify({ resource: RESOURCE, scope, ttl: TTL_SECONDS }),
  ];
  const [node] = nodes;
  const tokens = await inParallel(TOKENS, async (index) => {
    const answer = await postJson(nodes[index % 2].url, '/token', JSON_TYPE, ask(SCOPES.join(' ')));
    return answer.access_token;
  });
  seen.active_before += await activeAmong([node], tokens);
  times.denied.push(await timeOf(() => post(node.url, '/token', JSON_TYPE, ask('no_such_scope'))));
  for (let i = 0; i < 2; i++) await post(node.url, '/token', JSON_TYPE, ask(HONEY));
  times.quarantined.push(await timeOf(() => post(node.url, '/token', JSON_TYPE, ask(HONEY))));
  seen.introspections += nodes.length * tokens.length;
  seen.active_after += await activeAmong(nodes, tokens);
  const next = await post(node.url, '/token', JSON_TYPE, ask(SCOPES[0]));
  if (next.status !== 403)
    throw new Error(`${id} was not quarantined: ${next.status} ${next.text}`);
}

/** Milliseconds until the denial was there; throws for any other answer. */
async function timeOf(work) {
  const startMs = performance.now();
  const { status, text } = await work();
  const tookMs = performance.now() - startMs;
  if (status !== 403) throw new Error(`answered ${status}: ${text}`);
  return tookMs;
}

/** How many of the tokens any of the nodes calls active. */
async function activeAmong(nodes, tokens) {
  const asks = nodes.flatMap((node) => tokens.map((token) => ({ node, token })));
  const active = await inParallel(asks.length, async (index) => {
    const { node, token } = asks[index];
    const { id, client_secret: secret } = node.demo.resource_server;
    const body = new URLSearchParams({ token }).toString();
    const answer = await postJson(node.url, '/introspect', FORM, [basic(id, secret), body]);
    return answer.active === true ? 1 : 0;
  });
  return active.reduce((sum, value) => sum + value, 0);
}

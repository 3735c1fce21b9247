// The real service: `countersign serve` on a separate data folder, with agents written straight into Redis.
import { cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../../scripts/lib/root.mjs';
import { createKeys, mintSecret, shardOfAgent } from '../built.mjs';
import { basic, FORM, get, inParallel, JSON_TYPE, postJson } from '../client.mjs';
import { agentSpec, benchPolicyData, RESOURCE, SCOPES, TTL_SECONDS } from '../policy-input.mjs';
import { startPinned, waitFor } from '../process.mjs';
import { inPipelines } from './bare.mjs';

const SHARDS = 64;
const NO_FRONT = fileURLToPath(new URL('no-front.mjs', import.meta.url));

/** The folder the services of a store share, with the shipped bundle under the benchmark's data. */
export function prepareDataDir(folder) {
  const dataDir = join(folder, 'data');
  const bundle = join(dataDir, 'bundle');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  cpSync(join(root, 'bundles', 'countersign'), bundle, { recursive: true });
  writeFileSync(join(bundle, 'data.json'), JSON.stringify(benchPolicyData()));
  // The cases it carries are of the shipped data: admission would refuse it for them.
  rmSync(join(bundle, 'cases'), { recursive: true, force: true });
  return dataDir;
}

/**
 * Starts one service. `front: false` leaves every route to Express; `nodeArgs` go before the script. It runs on
 * `core`, on any when that is null.
 */
export async function startService(
  bench,
  { name, dataDir, prefix, front = true, nodeArgs = [], env = {}, core = bench.options.cores[0] },
) {
  const { redis, folder } = bench;
  const config = join(folder, `${name}.yaml`);
  writeFileSync(config, serviceConfig({ url: redis.url, prefix, dataDir }));
  const demoFile = join(dataDir, 'demo.json');
  // The file is kept, since the secrets in it stay valid; it is written again once the service answers.
  const writtenBefore = modifiedMs(demoFile);
  const startedAt = performance.now();
  const server = startPinned(
    core,
    [
      process.execPath,
      ...(front ? [] : ['--import', NO_FRONT]),
      ...nodeArgs,
      join(root, 'dist', 'main.js'),
      'serve',
    ],
    { log: join(folder, `${name}.log`), env: { ...env, COUNTERSIGN_CONFIG: config } },
  );
  const demo = await waitFor(name, server, () =>
    modifiedMs(demoFile) === writtenBefore ? undefined : JSON.parse(readFileSync(demoFile, 'utf8')),
  );
  return {
    name,
    pid: server.pid,
    url: demo.public_url,
    demo,
    startMs: performance.now() - startedAt,
    stop: () => server.stop(),
    metrics: () => readMetrics(demo),
  };
}

/** Starts the worker of a service that was started under `name`, on any core. */
export function startWorker({ folder }, name) {
  const command = [process.execPath, join(root, 'dist', 'main.js'), 'worker'];
  return startPinned(null, command, {
    log: join(folder, `${name}-worker.log`),
    env: { COUNTERSIGN_CONFIG: join(folder, `${name}.yaml`) },
  });
}

const modifiedMs = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs;

const serviceConfig = ({ url, prefix, dataDir }) =>
  JSON.stringify({
    profile: 'local',
    issuer: 'http://127.0.0.1:8484',
    listeners: { public: { port: 0 }, admin: { port: 0 }, sidecar: { enabled: false } },
    // Longer than the default: on a machine that is shared a stall must not end the run.
    redis: { url, prefix, shards: SHARDS, command_timeout_ms: 5000 },
    request: { deadline_ms: 10_000 },
    data_dir: dataDir,
    policy: { path: join(dataDir, 'bundle'), watch: false },
  });

async function readMetrics({ admin_url: url, admin_token: token }) {
  const { status, text } = await get(url, '/metrics', { Authorization: `Bearer ${token}` });
  if (status !== 200) throw new Error(`/metrics answered ${status}`);
  const values = {};
  for (const line of text.split('\n')) {
    const found = /^([a-z_]+(?:\{[^}]*\})?) ([0-9.eE+-]+)$/.exec(line);
    if (found) values[found[1]] = Number(found[2]);
  }
  return values;
}

/** Writes agents into their shards; `known` of them, evenly spread, get a secret of their own, which is returned. */
export async function writeAgents(client, prefix, count, known) {
  const keys = createKeys(prefix);
  const step = Math.max(1, Math.floor(count / known));
  const credentials = [];
  const nobody = mintSecret('agent').sha256;
  const now = Date.now();
  const indexes = Array.from({ length: count }, (_, index) => index);
  await inPipelines(client, indexes, (pipeline, index) => {
    const id = `bench-${String(index).padStart(8, '0')}`;
    let sha256 = nobody;
    if (index % step === 0 && credentials.length < known) {
      const minted = mintSecret('agent');
      sha256 = minted.sha256;
      credentials.push({ id, secret: minted.secret });
    }
    const shard = shardOfAgent(id, SHARDS);
    const record = {
      spec: agentSpec(id),
      secrets: [{ id: 'sec_bench', sha256, created_at_ms: now }],
      source: 'api',
      config_digest: '',
      created_at_ms: now,
      updated_at_ms: now,
    };
    const fields = ['status', 'active', 'version', '1', 'doc', JSON.stringify(record)];
    pipeline.zadd(keys.agents(shard), 0, id);
    pipeline.hset(keys.agent(shard, id), ...fields);
  });
  return credentials;
}

/** Empties the audit streams, as the worker does with what it exported. */
export async function trimStreams(client, prefix) {
  const keys = createKeys(prefix);
  const pipeline = client.pipeline();
  for (let shard = 0; shard < SHARDS; shard++) pipeline.xtrim(keys.audit(shard), 'MAXLEN', 0);
  await pipeline.exec();
}

/** The token requests of these agents in one codec. */
export function issueLoad(url, credentials, codec, ttlSeconds = TTL_SECONDS) {
  const scope = SCOPES.join(' ');
  const form = `grant_type=client_credentials&resource=${RESOURCE}&scope=${scope.replaceAll(' ', '+')}&countersign_ttl=${ttlSeconds}`;
  const lines = credentials.map(({ id, secret }) => {
    const json = { agent_id: id, resource: RESOURCE, scope, ttl: ttlSeconds };
    return [basic(id, secret), codec === 'form' ? form : JSON.stringify(json)];
  });
  return { url, path: '/token', type: codec === 'form' ? FORM : JSON_TYPE, lines };
}

/** Tokens issued by the service itself, for introspection; the first `hotTokens` of them to ten agents. */
export async function issueTokens(service, credentials, count, hotTokens) {
  const { path, type, lines } = issueLoad(service.url, credentials, 'form', 3600);
  return inParallel(count, async (index) => {
    const line = lines[index % (index < hotTokens ? Math.min(10, lines.length) : lines.length)];
    return (await postJson(service.url, path, type, line)).access_token;
  });
}

/** What a service can be asked: the loads of the other contenders. */
export function serviceLoads({ url, demo }, { credentials, tokens, hotTokens }) {
  const { id, client_secret: secret } = demo.resource_server;
  const introspection = (some, hot = 0) => ({
    url,
    path: '/introspect',
    type: FORM,
    hot,
    lines: some.map((token) => [basic(id, secret), `token=${token}`]),
  });
  return {
    introspect_hot: introspection(tokens.slice(0, hotTokens)),
    introspect_mixed: introspection(tokens, hotTokens),
    introspect_cold: introspection(tokens.slice(hotTokens)),
    issue_form: issueLoad(url, credentials, 'form'),
    issue_json: issueLoad(url, credentials, 'json'),
  };
}

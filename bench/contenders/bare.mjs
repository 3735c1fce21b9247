import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FORM, JSON_TYPE } from '../client.mjs';
import { startPinned, waitFor } from '../process.mjs';

const SERVER = fileURLToPath(new URL('bare-server.mjs', import.meta.url));

/** The bare server on node:http (`limit`) or Express (`floor`), with what its loads ask for. */
export async function startBare(name, kind, bench) {
  const { redis, options, folder } = bench;
  const prefix = `bare-${kind}`;
  const portFile = join(folder, `${name}.port`);
  const server = startPinned(
    options.cores[0],
    [process.execPath, SERVER, kind, redis.socket, prefix, portFile],
    { log: join(folder, `${name}.log`) },
  );
  const port = await waitFor(name, server, () => readFileSync(portFile, 'utf8') || undefined);
  const url = `http://127.0.0.1:${port}`;
  const tokens = await writeTokens(redis.client, prefix, options.tokens);
  const agents = await writeAgents(redis.client, prefix, options.clients);
  const asks = agents.map((agent) => ({
    agent_id: agent,
    resource: 'stripe',
    scope: 'read_invoices',
    grant_type: 'client_credentials',
  }));
  const introspection = (some, hot = 0) => ({
    url,
    path: '/introspect',
    type: FORM,
    hot,
    lines: some.map((token) => ['', `token=${token}`]),
  });
  const issue = (type, write) => ({
    url,
    path: '/token',
    type,
    lines: asks.map((ask) => ['', write(ask)]),
  });
  return {
    name,
    pid: server.pid,
    stop: () => server.stop(),
    loads: {
      introspect_hot: introspection(tokens.slice(0, bench.hotTokens)),
      introspect_mixed: introspection(tokens, bench.hotTokens),
      introspect_cold: introspection(tokens.slice(bench.hotTokens)),
      issue_form: issue(FORM, (ask) => new URLSearchParams(ask).toString()),
      issue_json: issue(JSON_TYPE, JSON.stringify),
    },
  };
}

async function writeTokens(client, prefix, count) {
  const tokens = Array.from({ length: count }, () => randomBytes(32).toString('base64url'));
  const exp = Math.floor(Date.now() / 1000) + 3600;
  await inPipelines(client, tokens, (pipeline, token) => {
    const record = { sub: 'bench', client_id: 'bench', scope: 'read_invoices', exp, jti: token };
    pipeline.set(`${prefix}:token:${token}`, JSON.stringify(record));
  });
  return tokens;
}

async function writeAgents(client, prefix, count) {
  const agents = Array.from({ length: count }, (_, index) => `bench-${index}`);
  await inPipelines(client, agents, (pipeline, agent) => {
    pipeline.set(`${prefix}:agent:${agent}`, JSON.stringify({ id: agent, status: 'active' }));
  });
  return agents;
}

/** Runs `write(pipeline, item)` for every item, in pipelines of a thousand. */
export async function inPipelines(client, items, write) {
  for (let at = 0; at < items.length; at += 1000) {
    const pipeline = client.pipeline();
    for (const item of items.slice(at, at + 1000)) write(pipeline, item);
    const results = await pipeline.exec();
    const failed = results?.find(([error]) => error);
    if (failed) throw failed[0];
  }
}

import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { basic, FORM, inParallel, postJson } from '../client.mjs';
import { startPinned, waitFor } from '../process.mjs';

const SERVER = fileURLToPath(new URL('oidc-server.mjs', import.meta.url));
const ASK = 'grant_type=client_credentials&scope=read_invoices';

/** oidc-provider with static clients, which it need not read from Redis, and tokens made by its own endpoint. */
export async function startOidc(bench) {
  const { redis, options, folder, say } = bench;
  const secret = randomBytes(32).toString('base64url');
  const ids = Array.from({ length: options.clients }, (_, index) => `bench-${index}`);
  const clients = [...ids, 'bench-api'].map((id) => ({
    client_id: id,
    client_secret: secret,
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    id_token_signed_response_alg: 'ES256',
    scope: 'read_invoices',
  }));
  const clientsFile = join(folder, 'oidc-clients.json');
  writeFileSync(clientsFile, JSON.stringify(clients));
  const portFile = join(folder, 'oidc.port');
  const server = startPinned(
    options.cores[0],
    [process.execPath, SERVER, redis.socket, clientsFile, portFile],
    { log: join(folder, 'oidc.log') },
  );
  const port = await waitFor('oidc', server, () => readFileSync(portFile, 'utf8') || undefined);
  const url = `http://127.0.0.1:${port}`;
  const asks = ids.map((id) => [basic(id, secret), ASK]);
  await waitFor('oidc', server, () => postJson(url, '/token', FORM, asks[0]));
  const wanted = bench.manyTokens ? options.tokens : bench.hotTokens;
  say(`oidc: issuing ${wanted} tokens`);
  const tokens = await inParallel(wanted, async (index) => {
    const line = asks[index % asks.length];
    return (await postJson(url, '/token', FORM, line)).access_token;
  });
  const api = basic('bench-api', secret);
  const introspection = (some, hot = 0) => ({
    url,
    path: '/token/introspection',
    type: FORM,
    hot,
    lines: some.map((token) => [api, `token=${token}`]),
  });
  return {
    name: 'oidc',
    pid: server.pid,
    stop: () => server.stop(),
    loads: {
      introspect_hot: introspection(tokens.slice(0, bench.hotTokens)),
      introspect_mixed: introspection(tokens, bench.hotTokens),
      introspect_cold: introspection(tokens.slice(bench.hotTokens)),
      issue_form: { url, path: '/token', type: FORM, lines: asks },
    },
  };
}

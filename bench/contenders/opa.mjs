import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../../scripts/lib/root.mjs';
import { OPA_VERSION, opaVersion } from '../../scripts/lib/opa.mjs';
import { get, JSON_TYPE } from '../client.mjs';
import { startPinned, waitFor } from '../process.mjs';
import { benchPolicyData, policyInput } from '../policy-input.mjs';

export const OPA_PATH = '/v1/data/countersign/decision';

/** The binary, when there is one of the version the bundle was built with. */
export function findOpaBinary() {
  const cached = join(root, '.cache', 'opa', 'opa');
  const candidates = [process.env.COUNTERSIGN_OPA, 'opa', cached].filter(Boolean);
  return candidates.find((path) => opaVersion(path) === OPA_VERSION);
}

/** The OPA server on our rules, data and input, one thread, decision log off. */
export async function startOpa(binary, bench) {
  const { options, folder } = bench;
  const data = join(folder, 'opa-data.json');
  writeFileSync(data, JSON.stringify(benchPolicyData()));
  const server = await startOpaServer(binary, {
    name: 'opa',
    core: options.cores[0],
    folder,
    args: [data, ...policyFiles(join(root, 'rego', 'countersign'))],
  });
  const lines = Array.from({ length: options.clients }, (_, index) => [
    '',
    JSON.stringify({ input: policyInput(`bench-${index}`) }),
  ]);
  const load = { url: server.url, path: OPA_PATH, type: JSON_TYPE, lines };
  return { ...server, loads: { issue_form: load, issue_json: load } };
}

/** An OPA server with `args` on a core, logging to `folder`, once it answers. */
export async function startOpaServer(binary, { name, core, folder, args, cwd }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const command = [binary, 'run', '--server', '--addr', `127.0.0.1:${port}`];
  const server = startPinned(core, [...command, '--log-level', 'error', ...args], {
    log: join(folder, `${name}.log`),
    env: { GOMAXPROCS: '1' },
    cwd,
  });
  const health = () =>
    get(url, '/health').then(({ status }) => (status === 200 ? true : undefined));
  await waitFor(name, server, health);
  return { name, pid: server.pid, url, stop: () => server.stop() };
}

function policyFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.rego') && !name.endsWith('_test.rego'))
    .map((name) => join(folder, name));
}

async function freePort() {
  const listener = createServer();
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}

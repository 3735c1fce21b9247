import { readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../../scripts/lib/root.mjs';
import { OPA_VERSION, opaVersion } from '../../scripts/lib/opa.mjs';
import { JSON_TYPE, postJson } from '../client.mjs';
import { startPinned, waitFor } from '../process.mjs';
import { benchPolicyData, policyInput } from '../policy-input.mjs';

const PATH = '/v1/data/countersign/decision';

/** The binary, when there is one of the version the bundle was built with. */
export function findOpaBinary() {
  const cached = join(root, '.cache', 'opa', 'opa');
  const candidates = [process.env.COUNTERSIGN_OPA, 'opa', cached].filter(Boolean);
  return candidates.find((path) => opaVersion(path) === OPA_VERSION);
}

/** The OPA server on the same rules, data and input, one thread, decision log off. */
export async function startOpa(binary, bench) {
  const { options, folder } = bench;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const data = join(folder, 'opa-data.json');
  writeFileSync(data, JSON.stringify(benchPolicyData()));
  const rules = policyFiles(join(root, 'rego', 'countersign'));
  const server = startPinned(
    options.cores[0],
    [binary, 'run', '--server', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', data].concat(
      rules,
    ),
    { log: join(folder, 'opa.log'), env: { GOMAXPROCS: '1' } },
  );
  const lines = Array.from({ length: options.clients }, (_, index) => [
    '',
    JSON.stringify({ input: policyInput(`bench-${index}`) }),
  ]);
  await waitFor('opa', server, () => postJson(url, PATH, JSON_TYPE, lines[0]));
  const load = { url, path: PATH, type: JSON_TYPE, lines };
  return {
    name: 'opa',
    pid: server.pid,
    stop: () => server.stop(),
    loads: { issue_form: load, issue_json: load },
  };
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

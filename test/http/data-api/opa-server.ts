import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opaBinary } from '../../support/bundles/opa.js';
import { until } from '../../support/episode.js';
import { freePort } from '../../support/redis.js';

export interface OpaServer {
  post(path: string, body: string): Promise<{ readonly status: number; readonly json: unknown }>;
  stop(): Promise<void>;
}

/** The real OPA server on one Rego module. */
export async function startOpaServer(rego: string): Promise<OpaServer> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-opa-'));
  const file = join(dir, 'policy.rego');
  writeFileSync(file, rego);
  const address = `127.0.0.1:${String(await freePort())}`;
  const args = ['run', '--server', '--addr', address, '--log-level', 'error', file];
  const child = spawn(opaBinary(), args, { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const url = `http://${address}`;
  await until('OPA answers', () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return {
    async post(path, body) {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(url + path, { method: 'POST', headers, body });
      return { status: answer.status, json: await answer.json() };
    },
    async stop() {
      child.kill('SIGKILL');
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

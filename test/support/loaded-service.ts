import { expect } from 'chai';
import { opaBinary } from './bundles/opa.js';
import { ControlLoad } from './control-load.js';
import { basicOf, HttpClient } from './http.js';
import { startProcess, type CountersignProcess } from './process.js';
import { startRedis } from './redis.js';

/** A service with its Redis, in processes of their own, and a light load of introspections on it. */
export interface LoadedService {
  readonly process: CountersignProcess;
  readonly http: HttpClient;
  readonly load: ControlLoad;
  /** Credentials of a resource server and of an agent, for HTTP Basic. */
  readonly server: string;
  readonly agent: string;
  /** Active, of that agent. */
  readonly token: string;
  stop(): Promise<void>;
}

/** Starts a service whose files are in `dir`; `config` gets the address of its Redis. */
export async function startLoadedService(
  dir: string,
  adminToken: string,
  config: (redisUrl: string) => Readonly<Record<string, unknown>>,
): Promise<LoadedService> {
  const redis = await startRedis();
  const process = await startProcess({
    command: 'serve',
    dir,
    adminToken,
    env: { COUNTERSIGN_OPA: opaBinary() },
    config: config(redis.url),
  });
  const http = new HttpClient(process.endpoints);
  const server = await register(http, 'resource-servers', { id: 'control', resources: ['stripe'] });
  const agent = await register(http, 'agents', { id: 'caller', rate: WIDE, grants: GRANTS });
  const ask = { resource: 'stripe', scope: 'read_invoices', ttl: 900 };
  const issued = await http.send('POST', '/token', { basic: agent, json: ask });
  const token = String(issued.json()['access_token']);
  const load = new ControlLoad({
    url: `${process.endpoints.publicUrl}/introspect`,
    headers: {
      authorization: basicOf(...server),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `token=${token}`,
  });
  const stop = async (): Promise<void> => {
    await load.stop();
    await http.close();
    process.kill('SIGKILL');
    await process.exited;
    await redis.stop();
  };
  const [serverBasic, agentBasic] = [basicOf(...server), basicOf(...agent)];
  return { process, http, load, server: serverBasic, agent: agentBasic, token, stop };
}

async function register(
  http: HttpClient,
  kind: string,
  spec: { readonly id: string } & Readonly<Record<string, unknown>>,
): Promise<readonly [string, string]> {
  const answer = await http.admin('POST', `/admin/v1/${kind}`, { json: spec });
  expect(answer.status, answer.text).to.equal(201);
  const { secret } = answer.json()['secret'] as { secret: string };
  return [spec.id, secret];
}

const WIDE = {
  ...{ per_minute: 1_000_000, burst: 1_000_000 },
  ...{ resource_per_minute: 1_000_000, resource_burst: 1_000_000 },
};
const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

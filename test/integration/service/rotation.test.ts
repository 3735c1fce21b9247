import { expect } from 'chai';
import { createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { DEMO_REGISTRY } from '../../../src/config/demo.js';
import { buildBundle } from '../../support/bundles/build.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { basicOf, HttpClient } from '../../support/http.js';
import { startProcess, type CountersignProcess } from '../../support/process.js';
import { LOAD_AGENT } from '../../support/service.js';
import { useFolder } from '../../support/use-started.js';
import { useRedis } from '../../support/use-store.js';

/** All but the one in which the worker is killed are alike. */
const ROTATIONS = 10;
/** A pace of the load: some sixty tokens a second, of which each rotation meets a hundred and more. */
const PAUSE_MS = 25;
const CACHE_MS = 1000;
const ADMIN_TOKEN = 'an-admin-token-for-tests';
const WORKER_KILLED_AFTER = 5;

/** A key set as one service gave it. */
interface KeySet {
  readonly askedAtMs: number;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

interface Issued {
  readonly token: string;
  readonly receivedAtMs: number;
}

describe('key rotation under load, with two service processes and a worker that is killed', function () {
  this.timeout(240_000);
  const redis = useRedis();
  const dir = useFolder();
  const services: CountersignProcess[] = [];
  const workers: CountersignProcess[] = [];
  const failures: string[] = [];
  const issued: Issued[] = [];
  const keySets: KeySet[][] = [[], []];
  let done = false;

  before(async () => {
    services.push(await start('serve'));
    services.push(await start('serve'));
    workers.push(await start('worker'));
  });
  after(async () => {
    for (const one of [...services, ...workers]) one.kill('SIGKILL');
    await Promise.all([...services, ...workers].map(({ exited }) => exited));
  });

  function start(command: 'serve' | 'worker'): Promise<CountersignProcess> {
    const config = {
      redis: { url: redis.url, command_timeout_ms: 5000 },
      request: { deadline_ms: 10_000 },
      data_dir: join(dir, 'data'),
      issuer: 'http://127.0.0.1:8484',
      policy: {
        path: buildBundle({ rego: GRANT_WHAT_IS_ASKED }),
        watch: false,
        admission: { violations: 'warn' },
      },
      keys: { jwks_cache_seconds: CACHE_MS / 1000 },
      registry: { ...DEMO_REGISTRY, agents: [LOAD_AGENT] },
    };
    return startProcess({ command, dir, config, adminToken: ADMIN_TOKEN });
  }

  /** Issues on one service and introspects on the other, one after another, until `done`. */
  async function load(from: number, to: number, server: string): Promise<void> {
    const sidecar = new Pool(services[from]?.endpoints.sidecarUrl ?? '', { connections: 1 });
    const open = new Pool(services[to]?.endpoints.publicUrl ?? '', { connections: 1 });
    const ask = JSON.stringify({ resource: 'stripe', scope: 'read_invoices', ttl: 600 });
    while (!done) {
      const token = await post(sidecar, '/token', { 'content-type': 'application/json' }, ask);
      const text = String(token?.['access_token']);
      issued.push({ token: text, receivedAtMs: performance.now() });
      const form = { 'content-type': FORM, authorization: server };
      const seen = await post(open, '/introspect', form, `token=${text}`);
      if (seen?.['active'] !== true) failures.push(`introspection says ${JSON.stringify(seen)}`);
      await pause(PAUSE_MS);
    }
    await Promise.all([sidecar.destroy(), open.destroy()]);
  }

  async function post(
    pool: Pool,
    path: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<Record<string, unknown> | undefined> {
    try {
      const reply = await pool.request({ method: 'POST', path, headers, body });
      const text = await reply.body.text();
      if (reply.statusCode === 200) return JSON.parse(text) as Record<string, unknown>;
      failures.push(`${path} answered ${String(reply.statusCode)} ${text}`);
    } catch (error) {
      failures.push(`${path} failed: ${String(error)}`);
    }
    return undefined;
  }

  async function watchKeys(which: number): Promise<void> {
    const pool = new Pool(services[which]?.endpoints.publicUrl ?? '', { connections: 1 });
    while (!done) {
      const askedAtMs = performance.now();
      const reply = await pool.request({ method: 'GET', path: '/.well-known/jwks.json' });
      const text = await reply.body.text();
      if (reply.statusCode !== 200) failures.push(`the key set: ${String(reply.statusCode)}`);
      const { keys } = JSON.parse(text) as { keys: (JsonWebKey & { kid: string })[] };
      keySets[which]?.push({
        askedAtMs,
        keys: new Map(
          keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })] as const),
        ),
      });
      await pause(50); // a pace, not a wait
    }
    await pool.destroy();
  }

  /** What the services logged as errors: a 503 says outside only that nothing was granted. */
  function complaints(): string {
    const lines = services.flatMap(({ output }) => output().split('\n'));
    return lines.filter((line) => line.includes('"level":"error"')).join('\n');
  }

  /** Asks for one rotation after another; kills the worker in the midst of one and starts another. */
  async function rotate(admin: HttpClient): Promise<string[]> {
    const kids = [await activeKid(admin)];
    while (kids.length <= ROTATIONS) {
      const before = kids.at(-1);
      const asked = await admin.admin('POST', '/admin/v1/keys/rotate');
      expect(asked.status, asked.text).to.equal(202);
      if (kids.length === WORKER_KILLED_AFTER) {
        await keysIn(admin, 'next', (kid) => kid !== undefined);
        workers[0]?.kill('SIGKILL');
        expect(await workers[0]?.exited).to.equal('SIGKILL');
        expect(await activeKid(admin), 'half way').to.equal(before);
        workers.push(await start('worker'));
      }
      kids.push(await keysIn(admin, 'active', (kid) => kid !== undefined && kid !== before));
    }
    return kids;
  }

  it(`loses no request over ${String(ROTATIONS)} rotations, and a key set as old as its cache age allows verifies every token`, async () => {
    const [a, b] = services;
    if (a === undefined || b === undefined) throw new Error('two services');
    const admin = new HttpClient(a.endpoints);
    const made = await admin.admin('POST', '/admin/v1/resource-servers/demo-api/secrets');
    const server = basicOf('demo-api', String(made.json()['secret']));
    const watching = [watchKeys(0), watchKeys(1)];
    const working = [load(0, 1, server), load(1, 0, server)];
    const kids = await rotate(admin).finally(() => (done = true));
    await Promise.all([...working, ...watching]);
    await admin.close();

    expect(failures.slice(0, 5), complaints()).to.deep.equal([]);
    for (const sets of keySets) {
      const late = issued.filter((one) => isVerifiedByOldSet(sets, one) === false);
      expect(late.length, 'tokens that a cached key set does not verify').to.equal(0);
    }
    expect(new Set(kids).size).to.equal(ROTATIONS + 1);
    const used = new Set(issued.map(({ token }) => kidOf(token)));
    expect(issued.length).to.be.greaterThan(ROTATIONS * 10);
    expect([...used].filter((kid) => kids.includes(kid))).to.have.length.of.at.least(ROTATIONS);
  });
});

const FORM = 'application/x-www-form-urlencoded';

async function keysIn(
  admin: HttpClient,
  state: string,
  holds: (kid: string | undefined) => boolean,
): Promise<string> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const answer = await admin.admin('GET', '/admin/v1/keys');
    const keys = answer.json()['items'] as { kid: string; state: string }[];
    const kid = keys.find((key) => key.state === state)?.kid;
    if (holds(kid)) return kid ?? '';
    if (performance.now() > deadline) throw new Error(`no ${state} key came`);
    await pause(50); // a pace, not a wait
  }
}

function activeKid(admin: HttpClient): Promise<string> {
  return keysIn(admin, 'active', (kid) => kid !== undefined);
}

/**
 * Whether the oldest key set that a reader may still keep verifies it. Its age counts from when it was asked for
 * (RFC 9111 section 4.2.3). Undefined: there was none yet.
 */
function isVerifiedByOldSet(sets: readonly KeySet[], one: Issued): boolean | undefined {
  const old = sets.find(({ askedAtMs }) => askedAtMs >= one.receivedAtMs - CACHE_MS);
  if (old === undefined) return undefined;
  const key = old.keys.get(kidOf(one.token));
  if (key === undefined) return false;
  const [header = '', payload = '', signature = ''] = one.token.split('.');
  const data = Buffer.from(`${header}.${payload}`);
  return verify(
    'sha256',
    data,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
}

function kidOf(token: string): string {
  const header = Buffer.from(token.split('.')[0] ?? '', 'base64url').toString();
  return (JSON.parse(header) as { kid: string }).kid;
}

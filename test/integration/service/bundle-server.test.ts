import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { packArchive } from '../../../src/policy/bundle/pack.js';
import { readBundle } from '../../../src/policy/bundle/read.js';
import { buildBundle } from '../../support/bundles/build.js';
import { BundleServer } from '../../support/bundles/bundle-server.js';
import { GRANT_WHAT_IS_ASKED } from '../../support/bundles/policies.js';
import { opaSign, signingKey, type SigningKey } from '../../support/bundles/signing.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { startService, type TestService } from '../../support/service.js';
import { useFolder } from '../../support/use-started.js';
import { useRedis } from '../../support/use-store.js';

const KEY = signingKey('ES256');
const STRANGER = signingKey('ES256');

const made = new Map<string, Promise<Buffer>>();

/** A bundle as an author ships it, signed once: another signature would make it another bundle. */
function signed(revision: string, sequence: number, key = KEY): Promise<Buffer> {
  const name = `${revision} ${String(sequence)} ${key === KEY ? 'ours' : 'theirs'}`;
  const bundle = made.get(name) ?? sign(revision, sequence, key);
  made.set(name, bundle);
  return bundle;
}

/** Compiled by opa, signed by opa. */
async function sign(revision: string, sequence: number, key: SigningKey): Promise<Buffer> {
  const metadata = { 'countersign.opa_version': '1.22.2', 'countersign.sequence': sequence };
  const file = buildBundle({ rego: GRANT_WHAT_IS_ASKED, revision, metadata });
  const { files } = await readBundle(file, { verification: 'off' });
  const entries = [...files].map(([path, content]) => [path, content] as const);
  const signatures = await opaSign(entries, key, { keyid: 'release' });
  const all = new Map([...files, ['.signatures.json', Buffer.from(signatures)]]);
  return Buffer.from(await packArchive(all));
}

describe('a service fed by a bundle server, with signatures required', function () {
  this.timeout(120_000);
  const redis = useRedis();
  const dataDir = useFolder();
  let server: BundleServer;
  let service: TestService;
  let url: string;
  before(async () => {
    server = await BundleServer.start();
    ({ url } = server);
    server.serve(await signed('one', 1));
    service = await start(redis);
  });
  after(async () => {
    await service.close();
    await server.close();
  });

  function start(on: TestRedis): Promise<TestService> {
    return startService({
      redisUrl: on.url,
      dataDir,
      worker: true,
      env: { RELEASE_KEY: KEY.public },
      policy: {
        server: { url },
        signatures: 'required',
        verification: { keys: [{ id: 'release', alg: 'ES256', key_env: 'RELEASE_KEY' }] },
        admission: { violations: 'warn' },
      },
    });
  }

  const reload = async (): Promise<{ status: number; text: string }> =>
    service.http.admin('POST', '/admin/v1/policy/reload');
  async function deciding(): Promise<unknown> {
    const answer = await service.http.send('POST', '/token', {
      basic: service.agent,
      json: { resource: 'stripe', scope: 'read_invoices', ttl: 60 },
    });
    expect(answer.status, answer.text).to.equal(200);
    const payload = String(answer.json()['access_token']).split('.')[1] ?? '';
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return (claims as Record<string, unknown>)['policy_revision'];
  }

  it('decides by what it verified, and says who signed it', async () => {
    expect(await deciding()).to.equal('one');
    const { items } = (await service.http.admin('GET', '/admin/v1/policy/bundles')).json();
    expect((items as Record<string, unknown>[])[0]).to.include({ signed_by: 'release' });
  });

  it('takes the next release', async () => {
    server.serve(await signed('two', 2));
    expect((await reload()).status).to.equal(200);
    expect(await deciding()).to.equal('two');
  });

  it('refuses an older release that is still signed', async () => {
    server.serve(await signed('two', 2));
    expect((await reload()).status).to.equal(200);
    server.serve(await signed('one', 1));
    const answer = await reload();
    expect(answer.status).to.equal(409);
    expect(answer.text).to.contain('downgrade');
    expect(await deciding()).to.equal('two');
  });

  it('refuses another bundle under the sequence of the active one', async () => {
    server.serve(await signed('two', 2));
    expect((await reload()).status).to.equal(200);
    server.serve(await signed('twin', 2));
    const answer = await reload();
    expect(answer.status).to.equal(409);
    expect(answer.text).to.contain('downgrade');
    expect(await deciding()).to.equal('two');
  });

  it("refuses a stranger's signature, and no signature", async () => {
    const before = await deciding();
    server.serve(await signed('three', 3, STRANGER));
    expect((await reload()).status).to.equal(409);
    const metadata = { 'countersign.opa_version': '1.22.2', 'countersign.sequence': 3 };
    const file = buildBundle({ rego: GRANT_WHAT_IS_ASKED, revision: 'three', metadata });
    server.serve(readFileSync(file));
    expect((await reload()).status).to.equal(409);
    const pushed = await service.http.admin('POST', '/admin/v1/policy/bundles', {
      body: readFileSync(file),
      headers: { 'content-type': 'application/gzip' },
    });
    expect(pushed.status, 'nor is it kept when it is pushed').to.equal(409);
    expect(await deciding()).to.equal(before);
  });

  it('starts on an empty store with the last good bundle while the server is away', async () => {
    server.serve(await signed('four', 4));
    expect((await reload()).status).to.equal(200);
    await service.close();
    await server.close();
    const empty = await startRedis();
    service = await start(empty);
    expect(await deciding()).to.equal('four');
    const status = (await service.http.admin('GET', '/v1/status')).json();
    expect(status).to.have.nested.property('result.bundles.countersign.code', 'bundle_error');
    await service.close();
    await empty.stop();
    service = await start(redis);
    expect(await deciding(), 'the store still knows').to.equal('four');
  });
});

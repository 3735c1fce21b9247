import { expect } from 'chai';
import type { Answer } from '../../support/http.js';
import { LOAD_AGENT } from '../../support/service.js';
import { useService } from '../../support/use-service.js';

const AGENT = {
  ...LOAD_AGENT,
  id: 'mover',
  grants: [{ resource: '*', scopes: ['read_entries'] }],
};

/** Two resources with a resource server each; every test has its own. */
interface Pair {
  readonly a: string;
  readonly b: string;
  readonly serverOfA: readonly [string, string];
  readonly serverOfB: readonly [string, string];
  readonly uri: string;
  readonly uriOfB: string;
}

describe('a token does not outlive a revocation of its audience', function () {
  this.timeout(120_000);
  const { service } = useService();
  let agent: readonly [string, string];
  let pairs = 0;
  before(async () => {
    const made = await admin('POST', '/admin/v1/agents', AGENT);
    agent = [AGENT.id, (made.json()['secret'] as { secret: string }).secret];
  });

  async function admin(method: string, path: string, json?: object): Promise<Answer> {
    const answer = await service.http.admin(method, path, json === undefined ? {} : { json });
    expect(answer.status, `${method} ${path}: ${answer.text}`).to.be.within(200, 204);
    return answer;
  }

  async function put(id: string, ...audiences: string[]): Promise<void> {
    const { status } = await tryPut(id, ...audiences);
    expect(status, `${id} ${audiences.join(' ')}`).to.be.within(200, 201);
  }

  async function tryPut(id: string, ...audiences: string[]): Promise<Answer> {
    const path = `/admin/v1/resources/${id}`;
    const before = await service.http.admin('GET', path);
    const version = before.status === 200 ? Number(before.json()['version']) : undefined;
    return service.http.admin('PUT', path, {
      headers: version === undefined ? {} : { 'if-match': `"${String(version)}"` },
      json: {
        id,
        audiences,
        scopes: [{ name: 'read_entries', risk: 'low', description: 'Read entries' }],
      },
    });
  }

  const remove = (id: string): Promise<Answer> => admin('DELETE', `/admin/v1/resources/${id}`);

  async function makePair(): Promise<Pair> {
    const n = String(++pairs);
    const [a, b] = [`a-${n}`, `b-${n}`];
    const [uri, uriOfB] = [`https://moved-${n}.example`, `https://own-${n}.example`];
    await put(a, uri);
    await put(b, uriOfB);
    return { a, b, uri, uriOfB, serverOfA: await makeServer(a), serverOfB: await makeServer(b) };
  }

  async function makeServer(resource: string): Promise<readonly [string, string]> {
    const id = `server-of-${resource}`;
    const made = await admin('POST', '/admin/v1/resource-servers', { id, resources: [resource] });
    return [id, (made.json()['secret'] as { secret: string }).secret];
  }

  async function issue(resource: string): Promise<string> {
    const answer = await service.http.send('POST', '/token', {
      basic: agent,
      json: { resource, scope: 'read_entries' },
    });
    expect(answer.status, answer.text).to.equal(200);
    return String(answer.json()['access_token']);
  }

  async function introspect(
    server: readonly [string, string],
    token: string,
  ): Promise<Record<string, unknown>> {
    const answer = await service.http.send('POST', '/introspect', {
      basic: server,
      form: { token },
    });
    expect(answer.status).to.equal(200);
    if (answer.json()['active'] !== true) expect(answer.text).to.equal('{"active":false}');
    return answer.json();
  }

  const isActive = async (server: readonly [string, string], token: string): Promise<boolean> =>
    (await introspect(server, token))['active'] === true;

  async function revoke(value: string, more: object = {}): Promise<void> {
    const json = { by: 'resource', value, reason: 'test', ...more };
    const answer = await admin('POST', '/admin/v1/revocations', json);
    expect(answer.json()['state']).to.equal('done');
  }

  it('a URI moved from A to B: the server of B does not see tokens of A, nor does the server of A', async () => {
    const { a, b, uri, uriOfB, serverOfA, serverOfB } = await makePair();
    const token = await issue(a);
    expect(await isActive(serverOfA, token)).to.equal(true);
    await put(a, `${uri}/elsewhere`);
    await put(b, uri, uriOfB);
    expect(await isActive(serverOfB, token), 'at B').to.equal(false);
    expect(await isActive(serverOfA, token), 'at A').to.equal(false);
    const fresh = await issue(b);
    expect(await introspect(serverOfB, fresh)).to.include({ active: true, aud: uri });
  });

  it('a URI moved away and back: tokens from before stay inactive', async () => {
    const { a, b, uri, uriOfB, serverOfA, serverOfB } = await makePair();
    const token = await issue(a);
    await put(a, `${uri}/elsewhere`);
    await put(b, uri, uriOfB);
    await put(b, uriOfB);
    await put(a, uri);
    expect(await isActive(serverOfA, token), 'at A').to.equal(false);
    expect(await isActive(serverOfB, token), 'at B').to.equal(false);
    expect(await isActive(serverOfA, await issue(a))).to.equal(true);
  });

  it('the audience that a request names is the aud, as registered, and only its own removal ends the token', async () => {
    const { a, uri, serverOfA } = await makePair();
    const second = `${uri}/second`;
    await put(a, uri, second);
    const byId = await issue(a);
    const bySecond = await issue(second.replace('https://moved', 'HTTPS://MOVED'));
    expect(await introspect(serverOfA, byId)).to.include({ active: true, aud: uri });
    expect(await introspect(serverOfA, bySecond)).to.include({ active: true, aud: second });
    await put(a, uri);
    expect(await isActive(serverOfA, bySecond), 'of the removed audience').to.equal(false);
    expect(await isActive(serverOfA, byId), 'of the other one').to.equal(true);
  });

  for (const by of ['uri', 'a', 'b'] as const) {
    it(`a URI moved from A to B and revoked by ${by}: done, and the token is inactive`, async () => {
      const pair = await makePair();
      const token = await issue(pair.a);
      await put(pair.a, `${pair.uri}/elsewhere`);
      await put(pair.b, pair.uri, pair.uriOfB);
      await revoke(pair[by]);
      expect(await isActive(pair.serverOfB, token), 'at B').to.equal(false);
      expect(await isActive(pair.serverOfA, token), 'at A').to.equal(false);
    });
  }

  it('a resource deleted and created again: tokens from before stay inactive', async () => {
    const { a, uri, serverOfA } = await makePair();
    const token = await issue(a);
    await remove(a);
    expect(await isActive(serverOfA, token), 'deleted').to.equal(false);
    await put(a, uri);
    expect(await isActive(serverOfA, token), 'created again').to.equal(false);
    expect(await isActive(serverOfA, await issue(a))).to.equal(true);
  });

  it('a revocation by URI covers every id that held it within the longest lifetime', async () => {
    const { a, b, uri, uriOfB, serverOfA, serverOfB } = await makePair();
    await put(a, `${uri}/elsewhere`, uri);
    const ofA = await issue(a);
    await put(a, `${uri}/elsewhere`);
    expect(await isActive(serverOfA, ofA), 'its own audience stayed').to.equal(true);
    await put(b, uriOfB, uri);
    const ofB = await issue(b);
    await revoke(uri);
    expect(await isActive(serverOfA, ofA), 'held it before').to.equal(false);
    expect(await isActive(serverOfB, ofB), 'holds it now').to.equal(false);
  });

  it('a URI that a resource held a moment ago, and none holds now, can be revoked', async () => {
    const { a, uri, serverOfA } = await makePair();
    await put(a, `${uri}/elsewhere`, uri);
    const token = await issue(a);
    await put(a, `${uri}/elsewhere`);
    await revoke(uri);
    expect(await isActive(serverOfA, token)).to.equal(false);
    const denies = await service.http.admin('POST', '/admin/v1/revocations', {
      json: { by: 'resource', value: uri, reason: 'test', deny_until_lifted: true },
    });
    expect(denies.status, denies.text).to.equal(400);
  });

  it('a denial by URI is of the resource that holds it now, not of one that held it', async () => {
    const { a, b, uri, uriOfB, serverOfA } = await makePair();
    await put(a, `${uri}/elsewhere`);
    await put(b, uri, uriOfB);
    await revoke(uri, { deny_until_lifted: true });
    const json = { resource: b, scope: 'read_entries' };
    expect((await service.http.send('POST', '/token', { basic: agent, json })).status).to.equal(
      403,
    );
    expect(await isActive(serverOfA, await issue(a))).to.equal(true);
  });

  it('a tombstone does not block its URI, and does not take it away from who has it now', async () => {
    const { a, b, uri, uriOfB, serverOfA, serverOfB } = await makePair();
    await remove(a);
    await put(b, uri, uriOfB);
    await put(a, `${uri}/elsewhere`);
    expect(await isActive(serverOfB, await issue(uri))).to.equal(true);
    expect(await isActive(serverOfA, await issue(a))).to.equal(true);
    const taken = await tryPut(a, uri);
    expect(taken.status, taken.text).to.equal(409);
  });

  it('equal spellings of a URI name one resource, aud is the registered one, and two are refused', async () => {
    const { a, b, uri, serverOfA } = await makePair();
    const spellings = [uri, `${uri}/`, uri.toUpperCase().replace('EXAMPLE', 'Example:443')];
    for (const spelling of spellings) {
      const answer = await introspect(serverOfA, await issue(spelling));
      expect(answer, spelling).to.include({ active: true, aud: uri });
    }
    const other = await tryPut(b, `${uri}/`);
    expect(other.status, other.text).to.equal(409);
    const twice = await tryPut(a, uri, `${uri}:443`);
    expect(twice.status, twice.text).to.equal(400);
    const token = await issue(a);
    await put(a, `${uri}/`);
    expect(await isActive(serverOfA, token), 'spelled otherwise').to.equal(true);
    await revoke(`${uri}:443/`);
    expect(await isActive(serverOfA, token), 'revoked by another spelling').to.equal(false);
  });
});

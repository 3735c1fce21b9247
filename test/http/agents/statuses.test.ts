import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { SECRET } from '../../support/fake-records.js';
import { useFakeService } from '../../support/http-listeners.js';

const AGENT = '/admin/v1/agents/demo-agent';
const SPEC = { id: 'demo-agent', roles: ['finance'] };

describe('/admin/v1/agents', () => {
  const service = useFakeService();

  it('200: a page, without digests of secrets', async () => {
    const answer = await service().client.admin('GET', '/admin/v1/agents?limit=5&cursor=c1');
    expect(answer.status).to.equal(200);
    expect(answer.json()['next_cursor']).to.equal('next');
    expect(answer.text).not.to.match(/sha256|abab/);
    expect(service().operations.last('agents.list').arguments[0]).to.deep.equal({
      limit: 5,
      cursor: 'c1',
    });
  });

  for (const query of [
    'limit=0',
    'limit=501',
    'limit=x',
    'limit=1&limit=2',
    'nope=1',
    'cursor=%zz',
  ]) {
    it(`400: ?${query}`, async () => {
      const answer = await service().client.admin('GET', `/admin/v1/agents?${query}`);
      expect(answer.status).to.equal(400);
    });
  }

  it('201: created, with the secret and where it is', async () => {
    const answer = await service().client.admin('POST', '/admin/v1/agents', { json: SPEC });
    expect(answer.status).to.equal(201);
    expect(answer.headers).to.include({
      location: AGENT,
      etag: '"3"',
      'cache-control': 'no-store',
    });
    expect(answer.json()['secret']).to.deep.equal(SECRET);
  });

  it('200: one agent, with its version as ETag', async () => {
    const answer = await service().client.admin('GET', AGENT);
    expect(answer.headers['etag']).to.equal('"3"');
    expect(answer.text).not.to.include('abab');
  });

  for (const [name, ask, version] of [
    ['If-Match "3"', { json: SPEC, headers: { 'if-match': '"3"' } }, 3],
    ['If-Match 3', { json: SPEC, headers: { 'if-match': '3' } }, 3],
    ['version in the body', { json: { ...SPEC, version: 4 } }, 4],
  ] as const) {
    it(`200: replaced by ${name}`, async () => {
      expect((await service().client.admin('PUT', AGENT, ask)).status).to.equal(200);
      const [id, spec, expected] = service().operations.last('agents.update').arguments;
      expect([id, spec, expected]).to.deep.equal(['demo-agent', SPEC, version]);
    });
  }

  for (const [name, ask] of [
    ['no version', { json: SPEC }],
    ['two different versions', { json: { ...SPEC, version: 4 }, headers: { 'if-match': '"3"' } }],
    ['If-Match *', { json: SPEC, headers: { 'if-match': '*' } }],
    ['a list of tags', { json: SPEC, headers: { 'if-match': '"3", "4"' } }],
    ['a negative version', { json: { ...SPEC, version: -1 } }],
    ['another id than the path', { json: { ...SPEC, id: 'other', version: 3 } }],
  ] as const) {
    it(`400: PUT with ${name}`, async () => {
      expect((await service().client.admin('PUT', AGENT, ask)).status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('204: deleted', async () => {
    const answer = await service().client.admin('DELETE', AGENT);
    expect([answer.status, answer.text]).to.deep.equal([204, '']);
    expect(answer.headers).not.to.have.property('content-length');
  });

  for (const path of ['/admin/v1/agents', '/admin/v1/resource-servers']) {
    it(`201: the flag that re-uses a deleted id reaches ${path}`, async () => {
      const json = path.endsWith('agents') ? SPEC : { id: 'api', resources: ['stripe'] };
      const operation = path.endsWith('agents') ? 'agents.create' : 'resourceServers.create';
      for (const [query, reuseDeleted] of [
        ['', false],
        ['?reuse_deleted=true', true],
        ['?reuse_deleted=false', false],
      ] as const) {
        const answer = await service().client.admin('POST', path + query, { json });
        expect(answer.status).to.equal(201);
        const { arguments: given } = service().operations.last(operation);
        expect(given[2]).to.deep.equal({ reuseDeleted });
      }
      const wrong = await service().client.admin('POST', `${path}?reuse_deleted=yes`, { json });
      expect(wrong.status).to.equal(400);
    });
  }

  it('201: restored, with a new secret', async () => {
    const json = { reason: 'by mistake' };
    const answer = await service().client.admin('POST', `${AGENT}/restore`, { json });
    expect(answer.status).to.equal(201);
    expect(answer.headers).to.include({ location: AGENT, etag: '"3"' });
    expect(answer.json()['secret']).to.deep.equal(SECRET);
    expect(service().operations.last('agents.restore').arguments.slice(0, 2)).to.deep.equal([
      'demo-agent',
      'by mistake',
    ]);
  });

  it('201: restored with a secret that expires', async () => {
    const json = { reason: 'by mistake' };
    const path = `${AGENT}/restore?secret_ttl_seconds=`;
    expect((await service().client.admin('POST', `${path}3600`, { json })).status).to.equal(201);
    expect(service().operations.last('agents.restore').arguments[3]).to.deep.equal({
      secretTtlSeconds: 3600,
    });
    expect((await service().client.admin('POST', `${path}1`, { json })).status).to.equal(400);
  });

  it('400: restored without a reason', async () => {
    const answer = await service().client.admin('POST', `${AGENT}/restore`, { json: {} });
    expect(answer.status).to.equal(400);
  });

  it('200: status', async () => {
    const json = { status: 'quarantined', reason: 'odd calls' };
    const answer = await service().client.admin('POST', `${AGENT}/status`, { json });
    expect(answer.json()['status']).to.equal('quarantined');
  });

  for (const [body, signals] of [
    [{ reason: 'fine' }, 'settled'],
    [{ reason: 'fine', signals: 'settled' }, 'settled'],
    [{ reason: 'fine', signals: 'forgotten' }, 'forgotten'],
    [{ reason: 'fine', signals: 'kept' }, 'kept'],
  ] as const) {
    it(`200: released with ${JSON.stringify(body)}`, async () => {
      const answer = await service().client.admin('POST', `${AGENT}/release`, { json: body });
      expect([answer.status, answer.json()['status']]).to.deep.equal([200, 'active']);
      expect(answer.headers['etag']).to.equal('"3"');
      expect(service().operations.last('agents.release').arguments.slice(0, 2)).to.deep.equal([
        'demo-agent',
        { reason: 'fine', signals },
      ]);
    });
  }

  for (const json of [
    {},
    { reason: '' },
    { reason: 'x'.repeat(513) },
    { reason: 'fine', signals: 'burnt' },
    { reason: 'fine', more: 1 },
  ]) {
    it(`400: released with ${JSON.stringify(json).slice(0, 40)}`, async () => {
      const answer = await service().client.admin('POST', `${AGENT}/release`, { json });
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  for (const [path, group] of [
    ['agents', 'agents'],
    ['resource-servers', 'resourceServers'],
  ] as const) {
    it(`200: the secrets below ${path}, without a digest`, async () => {
      const answer = await service().client.admin('GET', `/admin/v1/${path}/one/secrets`);
      expect(answer.status).to.equal(200);
      expect(answer.text).not.to.match(/sha256|abab|cdcd/);
      expect(answer.json()['items']).to.have.length(1);
    });

    it(`201: the lifetime of a secret below ${path}`, async () => {
      const secrets = `/admin/v1/${path}/one/secrets`;
      const added = await service().client.admin('POST', `${secrets}?ttl_seconds=3600`);
      expect(added.status).to.equal(201);
      const [, , option] = service().operations.last(`${group}.createSecret`).arguments;
      expect(option).to.deep.equal({ secretTtlSeconds: 3600 });
      const json = group === 'agents' ? SPEC : { id: 'api', resources: ['stripe'] };
      const collection = `/admin/v1/${path}?secret_ttl_seconds=60`;
      expect((await service().client.admin('POST', collection, { json })).status).to.equal(201);
      const created = service().operations.last(`${group}.create`).arguments[2];
      expect(created).to.deep.equal({ reuseDeleted: false, secretTtlSeconds: 60 });
      for (const ttl of ['0', '59', '-1', '1.5', 'x', '315360001', '01']) {
        const wrong = await service().client.admin('POST', `${secrets}?ttl_seconds=${ttl}`);
        expect(wrong.status, ttl).to.equal(400);
      }
    });
  }

  it('201 and 204: a second secret, and its end', async () => {
    const made = await service().client.admin('POST', `${AGENT}/secrets`);
    expect([made.status, made.json()]).to.deep.equal([201, SECRET]);
    const ended = await service().client.admin('DELETE', `${AGENT}/secrets/sec_1`);
    expect(ended.status).to.equal(204);
    expect(service().operations.last('agents.removeSecret').arguments.slice(0, 2)).to.deep.equal([
      'demo-agent',
      'sec_1',
    ]);
  });

  for (const [query, keepTokens] of [
    ['', false],
    ['?live_tokens=cut', false],
    ['?live_tokens=keep', true],
  ] as const) {
    it(`200: says what happened to live tokens, asked by ${query || 'nothing'}`, async () => {
      const done = keepTokens ? 'kept' : 'cut';
      service().operations.answers.set('agents.removeSecret', done);
      service().operations.answers.set('agents.update', done);
      const ended = await service().client.admin('DELETE', `${AGENT}/secrets/sec_1${query}`);
      expect([ended.status, ended.json()]).to.deep.equal([200, { live_tokens: done }]);
      const json = { ...SPEC, version: 3 };
      const emptied = await service().client.admin('PUT', AGENT + query, { json });
      expect(emptied.json()['live_tokens']).to.equal(done);
      for (const operation of ['agents.removeSecret', 'agents.update']) {
        const given = service().operations.last(operation).arguments.at(-1);
        expect(given, operation).to.deep.equal({ keepTokens });
      }
    });
  }

  it('400: another wish for live tokens', async () => {
    for (const [method, path] of [
      ['DELETE', `${AGENT}/secrets/sec_1`],
      ['PUT', AGENT],
    ] as const) {
      const json = method === 'PUT' ? { json: { ...SPEC, version: 3 } } : {};
      const answer = await service().client.admin(method, `${path}?live_tokens=no`, json);
      expect(answer.status).to.equal(400);
    }
  });

  it('404: an id that no record has, or that is no id at all', async () => {
    expect((await service().client.admin('GET', '/admin/v1/agents/a%2fb')).status).to.equal(404);
    service().operations.adminFails = new CountersignError('not_found', 'No such agent.');
    expect((await service().client.admin('GET', AGENT)).status).to.equal(404);
  });

  it('405: PATCH', async () => {
    const answer = await service().client.admin('PATCH', AGENT, { json: SPEC });
    expect(answer.headers['allow']).to.equal('GET, HEAD, PUT, DELETE, OPTIONS');
  });

  it('409: changed concurrently, or a third secret', async () => {
    service().operations.adminFails = new CountersignError('conflict', 'Its version is 4.');
    const put = await service().client.admin('PUT', AGENT, { json: { ...SPEC, version: 3 } });
    const secret = await service().client.admin('POST', `${AGENT}/secrets`);
    const json = { reason: 'fine' };
    const release = await service().client.admin('POST', `${AGENT}/release`, { json });
    expect([put.status, secret.status, release.status]).to.deep.equal([409, 409, 409]);
  });
});

import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { LIMITS } from '../../support/fake-limits.js';
import { ADMIN_TOKENS, useFakeService } from '../../support/http-listeners.js';

const PATH = '/admin/v1/limits';
const ACME = { per_minute: 60, burst: 6 };
const OPERATOR = { adminToken: ADMIN_TOKENS.operator };

describe('/admin/v1/limits', () => {
  const service = useFakeService();

  it('200: what is in force, with its version, also for an auditor', async () => {
    const answer = await service().client.admin('GET', PATH, { adminToken: ADMIN_TOKENS.auditor });
    expect([answer.status, answer.json()]).to.deep.equal([200, LIMITS]);
    expect(answer.headers['etag']).to.equal('"3"');
  });

  for (const [what, view] of [
    ['with what is gone by', { ...LIMITS, version: 5 }],
    ['when nothing is known', { version: 5, configured: LIMITS.configured }],
  ] as const) {
    it(`200: what is stored cannot be read, ${what}, with the version that mends it`, async () => {
      const unreadable = { ...view, source: 'unreadable', fault: 'malformed' } as const;
      service().operations.limitsView = unreadable;
      const answer = await service().client.admin('GET', PATH);
      expect([answer.status, answer.json()]).to.deep.equal([200, unreadable]);
      expect(answer.headers['etag']).to.equal('"5"');
    });
  }

  for (const [how, more] of [
    ['If-Match', { headers: { 'if-match': '"3"' }, json: {} }],
    ['version', { json: { version: 3 } }],
  ] as const) {
    it(`200: replaced by an operator, the version in ${how}`, async () => {
      const json = { ...more.json, owners: { acme: ACME }, global: ACME, reason: 'fire drill' };
      const answer = await service().client.admin('PUT', PATH, { ...OPERATOR, ...more, json });
      expect(answer.status, answer.text).to.equal(200);
      const [limits, version, reason, context] = service().operations.last('limits.put').arguments;
      expect(limits).to.deep.equal({ owners: { acme: ACME }, global: ACME });
      expect([version, reason]).to.deep.equal([3, 'fire drill']);
      expect(context).to.have.nested.property('principal.kind', 'admin');
    });
  }

  for (const [given, passed] of [
    [{ low: 1, medium: 2, high: 3, critical: 1000 }, 'as it is'],
    [{ high: 3 }, 'as it is'],
    [{}, 'as none'],
  ] as const) {
    it(`200: the costs ${JSON.stringify(given)}, taken ${passed}`, async () => {
      const json = { version: 3, cost: given };
      const answer = await service().client.admin('PUT', PATH, { ...OPERATOR, json });
      expect(answer.status, answer.text).to.equal(200);
      expect(service().operations.last('limits.put').arguments[0]).to.deep.equal({
        owners: {},
        ...(passed === 'as none' ? {} : { cost: given }),
      });
    });
  }

  for (const [what, json] of [
    ['no version', { owner: ACME }],
    ['half a budget', { version: 3, owner: { burst: 3 } }],
    ['a budget of nothing', { version: 3, global: { per_minute: 0, burst: 1 } }],
    ['a fraction', { version: 3, global: { per_minute: 1.5, burst: 1 } }],
    ['a budget without end', { version: 3, global: { per_minute: 1e9, burst: 1 } }],
    ['an owner without a name', { version: 3, owners: { '': ACME } }],
    ['an owner of 257 characters', { version: 3, owners: { ['x'.repeat(257)]: ACME } }],
    [
      'too many owners',
      { version: 3, owners: Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [i, ACME])) },
    ],
    ['a cost of nothing', { version: 3, cost: { low: 0 } }],
    ['a cost of 1001', { version: 3, cost: { critical: 1001 } }],
    ['a fraction of a cost', { version: 3, cost: { high: 1.5 } }],
    ['a cost that is a text', { version: 3, cost: { high: '2' } }],
    ['a cost of no risk', { version: 3, cost: { other: 2 } }],
    ['another member', { version: 3, agents: ACME }],
    ['a list', []],
  ] as const) {
    it(`400: ${what}`, async () => {
      const answer = await service().client.admin('PUT', PATH, { json });
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }

  it('400: an owner called __proto__', async () => {
    const body = '{"version":3,"owners":{"__proto__":{"per_minute":1,"burst":1}}}';
    const headers = { 'content-type': 'application/json' };
    const answer = await service().client.admin('PUT', PATH, { body, headers });
    expect(answer.status).to.equal(400);
  });

  it('409: changed concurrently', async () => {
    service().operations.adminFails = new CountersignError('conflict', 'Changed.');
    const answer = await service().client.admin('PUT', PATH, { json: { version: 2 } });
    expect(answer.status).to.equal(409);
  });

  it('200: back to the configuration, by an operator', async () => {
    const answer = await service().client.admin('DELETE', PATH, OPERATOR);
    expect([answer.status, answer.json()]).to.deep.equal([200, LIMITS]);
    service().operations.last('limits.reset');
  });

  it('403: an auditor changes nothing', async () => {
    const auditor = { adminToken: ADMIN_TOKENS.auditor };
    const put = await service().client.admin('PUT', PATH, { ...auditor, json: { version: 3 } });
    const reset = await service().client.admin('DELETE', PATH, auditor);
    expect([put.status, reset.status]).to.deep.equal([403, 403]);
    expect(service().operations.seen).to.deep.equal([]);
  });

  it('405: POST', async () => {
    const answer = await service().client.admin('POST', PATH, { json: {} });
    expect(answer.status).to.equal(405);
  });
});

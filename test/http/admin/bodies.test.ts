import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

const BODIES: readonly (readonly [method: string, path: string, good: object])[] = [
  ['POST', '/admin/v1/agents', { id: 'a1' }],
  ['PUT', '/admin/v1/agents/a1', { id: 'a1', version: 3 }],
  ['POST', '/admin/v1/agents/a1/status', { status: 'disabled', reason: 'r' }],
  [
    'PUT',
    '/admin/v1/resources/r1',
    {
      id: 'r1',
      audiences: ['https://r1.example'],
      scopes: [{ name: 'read', risk: 'low', description: 'd' }],
    },
  ],
  ['POST', '/admin/v1/resource-servers', { id: 's1', resources: ['r1'] }],
  ['PUT', '/admin/v1/resource-servers/s1', { id: 's1', resources: ['r1'], version: 1 }],
  ['POST', '/admin/v1/revocations', { by: 'agent', value: 'a1', reason: 'r' }],
  ['POST', '/admin/v1/revocations/lift', { by: 'agent', value: 'a1', reason: 'r' }],
  ['POST', '/admin/v1/keys/key_1/revoke', { reason: 'r' }],
];

for (const [method, path, good] of BODIES) {
  describe(`${method} ${path}: bodies`, () => {
    const service = useFakeService();
    const refused = async (body: string): Promise<Record<string, unknown>> => {
      const headers = { 'content-type': 'application/json' };
      const answer = await service().client.admin(method, path, { body, headers });
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
      return answer.json();
    };

    it('2xx: the good one', async () => {
      const answer = await service().client.admin(method, path, { json: good });
      expect(answer.status).to.be.within(200, 202);
    });

    it('400: an unknown member, named by the problems', async () => {
      const problem = await refused(JSON.stringify({ ...good, surprise: 1 }));
      expect(JSON.stringify(problem['problems'])).to.include('surprise');
    });

    it('400: a member twice', async () => {
      const text = JSON.stringify(good);
      await refused(`${text.slice(0, -1)},${text.slice(1)}`);
    });

    it('400: __proto__', async () => {
      await refused(`{"__proto__":{"admin":true},${JSON.stringify(good).slice(1)}`);
    });

    it('400: an empty object, an array, no JSON', async () => {
      for (const body of ['{}', '[]', 'null', '{', '']) await refused(body);
    });

    it('413: over 64 KiB', async () => {
      const json = { ...good, reason: 'x'.repeat(65_536) };
      expect((await service().client.admin(method, path, { json })).status).to.equal(413);
    });

    it('415: a form', async () => {
      expect((await service().client.admin(method, path, { form: { a: 'b' } })).status).to.equal(
        415,
      );
    });
  });
}

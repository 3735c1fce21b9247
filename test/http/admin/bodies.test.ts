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

    it('400: null for a required member', async () => {
      const members = Object.keys(good).filter((name) => name !== 'version');
      for (const name of members) await refused(JSON.stringify({ ...good, [name]: null }));
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

describe('admin bodies with null for an optional member', () => {
  const service = useFakeService();
  const OPTIONAL: readonly (readonly [number, object])[] = [
    [
      0,
      {
        owner: null,
        rate: null,
        grants: [{ resource: '*', scopes: ['a'], max_ttl_seconds: null }],
      },
    ],
    [3, { description: null, working_hours: null, max_ttl_seconds: null, version: null }],
    [4, { description: null }],
    [6, { deny_until_lifted: null }],
  ];

  for (const [index, nulls] of OPTIONAL) {
    const [method, path, good] = BODIES[index] ?? ['', '', {}];
    it(`${method} ${path}: equals its absence`, async () => {
      const sent = async (json: object): Promise<unknown> => {
        service().operations.seen.length = 0;
        const answer = await service().client.admin(method, path, { json });
        expect(answer.status).to.be.within(200, 202);
        return service().operations.seen.map(({ operation, arguments: [first, second] }) => ({
          operation,
          first,
          second: typeof second === 'string' ? second : undefined,
        }));
      };
      const without = Object.fromEntries(
        Object.entries(nulls).map(([name, value]) => [name, undefinedFor(value)]),
      );
      const expected = await sent({ ...good, ...without });
      expect(JSON.stringify(await sent({ ...good, ...nulls }))).to.equal(JSON.stringify(expected));
    });
  }

  it('a null version names none: a replacement that needs one is refused', async () => {
    const json = { id: 'a1', version: null };
    const answer = await service().client.admin('PUT', '/admin/v1/agents/a1', { json });
    expect(answer.status).to.equal(400);
  });
});

/** Returns the value without its null members. */
function undefinedFor(value: unknown): unknown {
  if (value === null) return undefined;
  return JSON.parse(JSON.stringify(value).replaceAll(/,"[a-z_]+":null/g, '')) as unknown;
}

import { expect } from 'chai';
import { mintSecret } from '../../../src/registry/secret.js';
import type { Answer } from '../../support/http.js';
import { CODECS, expectError, tokenAsk, tokenOf, type Wanted } from './asks.js';
import { accessEvents, closeCounts } from './stream-events.js';
import { registerAgent, useTableService } from './table-service.js';

const GRANTS = [
  { resource: 'stripe', scopes: ['read_invoices'] },
  { resource: 'research-api', scopes: ['search'] },
];
/** One request a minute comes back: within a test, none. */
const BURST_2 = { per_minute: 1, burst: 2, resource_per_minute: 1, resource_burst: 2 };

function limits({ headers }: Answer): (string | undefined)[] {
  return [headers['ratelimit-limit'], headers['ratelimit-remaining']];
}

describe('POST /token, bucket empty → 429 slow_down', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    it(`${codec}: an agent with burst 2 is granted twice, then gets Retry-After`, async () => {
      const { service, redis } = table();
      const { http } = service;
      const client = await registerAgent(http, {
        id: `two-${codec}`,
        grants: GRANTS,
        rate: BURST_2,
      });
      const ask = () => http.send('POST', '/token', tokenAsk(codec, client));
      for (const left of ['1', '0']) {
        const granted = await ask();
        tokenOf(granted);
        expect(limits(granted)).to.deep.equal(['2', left]);
        // The bucket is full again after its requests came back.
        const used = 2 - Number(left);
        expect(Number(granted.headers['ratelimit-reset'])).to.be.within(60 * used - 10, 60 * used);
      }
      for (let round = 0; round < 2; round++) {
        const limited = await ask();
        expectError(limited, codec, 429, 'slow_down');
        expect(limits(limited)).to.deep.equal(['2', '0']);
        expect(Number(limited.headers['retry-after'])).to.be.within(50, 60);
        expect(limited.headers['ratelimit-reset']).to.equal(limited.headers['retry-after']);
      }
      await closeCounts(redis);
      const events = await accessEvents(redis, client[0]);
      expect(events.map(({ type }) => type)).to.deep.equal([
        'access.granted',
        'access.granted',
        'access.rate_limited',
      ]);
      expect(events[2]).to.deep.include({
        effect: 'deny',
        count: 2,
        bucket: 'agent',
        codes: ['agent_rate'],
        resource: 'stripe',
        scopes_requested: ['read_invoices'],
      });
    });

    it(`${codec}: the bucket of one resource leaves the others open`, async () => {
      const { service } = table();
      const client = await registerAgent(service.http, {
        id: `pair-${codec}`,
        grants: GRANTS,
        rate: { per_minute: 600, burst: 600, resource_per_minute: 1, resource_burst: 1 },
      });
      const ask = (resource: string, scope: string) =>
        service.http.send('POST', '/token', tokenAsk(codec, client, { resource, scope }));
      tokenOf(await ask('stripe', 'read_invoices'));
      expectError(await ask('stripe', 'read_invoices'), codec, 429, 'slow_down');
      tokenOf(await ask('research-api', 'search'));
    });

    it(`${codec}: denied requests count, and what was refused before it was decided does not`, async () => {
      const { service } = table();
      const client = await registerAgent(service.http, {
        id: `count-${codec}`,
        grants: GRANTS,
        rate: BURST_2,
      });
      const ask = (wanted: Wanted, as = client) =>
        service.http.send('POST', '/token', tokenAsk(codec, as, wanted));
      const stranger = [client[0], mintSecret('agent').secret] as const;
      for (let round = 0; round < 4; round++) {
        expectError(await ask({}, stranger), codec, 401, 'invalid_client');
        expectError(await ask({ scope: '' }), codec, 400, 'invalid_scope');
        expectError(await ask({ resource: 'nobody' }), codec, 400, 'invalid_target');
      }
      expect(limits(await ask({}))).to.deep.equal(['2', '1']);
      // In the catalogue and not granted: it costs as much as what is.
      expect((await ask({ scope: 'read_customers' })).status).to.be.oneOf([403, 400]);
      expectError(await ask({}), codec, 429, 'slow_down');
    });
  }

  it('many at once are granted as often as the bucket holds, and no more', async () => {
    const { service } = table();
    const client = await registerAgent(service.http, {
      id: 'at-once',
      grants: GRANTS,
      rate: { per_minute: 1, burst: 5, resource_per_minute: 60, resource_burst: 60 },
    });
    const url = `${service.publicUrl}/token`;
    const { json } = tokenAsk('json', undefined, {
      client_id: client[0],
      client_secret: client[1],
    });
    const body = JSON.stringify(json);
    const headers = { 'content-type': 'application/json' };
    const statuses = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const answer = await fetch(url, { method: 'POST', headers, body });
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    expect(statuses.filter((status) => status === 200)).to.have.length(5);
    expect(statuses.filter((status) => status === 429)).to.have.length(11);
  });
});

describe('POST /token, braked after failed authentications → 429 slow_down', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    it(`${codec}: the eleventh guess from one address, and no other requests`, async () => {
      const { service } = table();
      const { http } = service;
      const victim = await registerAgent(http, { id: `guess-${codec}`, grants: GRANTS });
      const guess = () =>
        http.send('POST', '/token', tokenAsk(codec, [victim[0], mintSecret('agent').secret]));
      for (let round = 0; round < 10; round++) {
        expectError(await guess(), codec, 401, 'invalid_client');
      }
      expectError(await guess(), codec, 429, 'slow_down');
      tokenOf(await http.send('POST', '/token', tokenAsk(codec, service.agent)));
    });
  }
});

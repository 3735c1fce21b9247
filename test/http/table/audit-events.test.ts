import { expect } from 'chai';
import { mintSecret } from '../../../src/registry/secret.js';
import { CODECS, expectError, rawAsk, tokenAsk, tokenOf, type Wanted } from './asks.js';
import { accessEvents, closeCounts, streamEvents } from './stream-events.js';
import { registerAgent, useTableService, type Client } from './table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

describe('what a refused token request leaves on the record', () => {
  const table = useTableService();
  const register = (id: string, more = {}) =>
    registerAgent(table().service.http, { id, grants: GRANTS, ...more });
  const typesOf = async (id: string) =>
    (await accessEvents(table().redis, id)).map(({ type }) => type);
  const asker = (client: Client) => {
    return (codec: 'json' | 'form', wanted: Wanted = {}) =>
      table().service.http.send('POST', '/token', tokenAsk(codec, client, wanted));
  };

  for (const codec of CODECS) {
    it(`${codec}: every decision is one event, 429s are counted, and the answers name them`, async () => {
      const rate = { per_minute: 1, burst: 3, resource_per_minute: 1, resource_burst: 3 };
      const client = await register(`decided-${codec}`, { rate });
      const ask = asker(client);
      const granted = await ask(codec);
      tokenOf(granted);
      // In the catalogue and not granted: what is in no catalogue costs more.
      const denied = await ask(codec, { scope: 'read_customers' });
      tokenOf(await ask(codec));
      expectError(await ask(codec), codec, 429, 'slow_down');
      await closeCounts(table().redis);
      const events = await accessEvents(table().redis, client[0]);
      expect(events.map(({ type }) => type)).to.deep.equal([
        'access.granted',
        'access.denied',
        'access.granted',
        'access.rate_limited',
      ]);
      expect(events[0]?.decision_id).to.equal(granted.json()['decision_id']);
      expect(events[1]?.request_id).to.equal(denied.headers['x-request-id']);
      const ids = new Set(events.map(({ decision_id: id }) => id));
      expect(ids.size).to.equal(events.length);
      for (const event of events) {
        expect(event).to.deep.include({
          principal: { kind: 'agent', id: client[0] },
          resource: 'stripe',
          authentication: 'client_secret_basic',
        });
      }
    });

    it(`${codec}: of many 400s and 401s of one client one event is kept`, async () => {
      const client = await register(`refused-${codec}`);
      const ask = asker(client);
      const guess = asker([client[0], mintSecret('agent').secret]);
      for (let round = 0; round < 5; round++) {
        expectError(await guess(codec), codec, 401, 'invalid_client');
        expectError(await ask(codec, { resource: 'nobody' }), codec, 400, 'invalid_target');
        expectError(await ask(codec, { scope: '' }), codec, 400, 'invalid_scope');
        const bad = rawAsk(codec, client, '{"a=%zz');
        const malformed = await table().service.http.send('POST', '/token', bad);
        expectError(malformed, codec, 400, 'invalid_request');
      }
      const events = await accessEvents(table().redis, client[0]);
      expect(events).to.have.length(1);
      expect(events[0]).to.deep.include({
        type: 'access.refused',
        codes: ['invalid_client'],
        // The agent did not prove itself: it is named, not blamed.
        principal: { kind: 'system', id: 'refusal-sampler' },
      });
      expect(JSON.stringify(events)).not.to.match(/cs[kr]_/);
    });
  }

  it('many refusals of one client at one moment are one event too', async () => {
    const client = await register('at-once');
    const body = JSON.stringify({
      ...{ client_id: client[0], client_secret: client[1] },
      ...{ resource: 'nobody', scope: 'read_invoices' },
    });
    const statuses = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const answer = await fetch(`${table().service.publicUrl}/token`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    expect(new Set(statuses)).to.deep.equal(new Set([400]));
    expect(await typesOf(client[0])).to.deep.equal(['access.refused']);
  });

  it('a stranger leaves none, whatever name it gives', async () => {
    const before = (await streamEvents(table().redis)).length;
    const names = ['nobody', 'csk_x', '*', 'x'.repeat(500), '__proto__'];
    for (const codec of CODECS) {
      for (const name of names) {
        const answer = await asker([name, mintSecret('agent').secret])(codec);
        expectError(answer, codec, 401, 'invalid_client');
      }
    }
    expect(await streamEvents(table().redis)).to.have.length(before);
  });

  it('400, 401 and 429 are sampled lines in the log, and each counts in the metrics', async () => {
    const { service } = table();
    const client = await register('logged');
    const sent = [
      await asker([client[0], mintSecret('agent').secret])('json'),
      await asker(client)('form', { resource: 'nobody' }),
      await asker(client)('json', { scope: '' }),
    ];
    const lines = service.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    const metrics = (await service.http.admin('GET', '/metrics')).text;
    for (const answer of sent) {
      const code = String(answer.json()['error']);
      // Its own, or, after ten of its kind in ten seconds, that of another.
      const line = lines.find((one) => one['code'] === code);
      expect(line).to.include({ level: 'info', status: answer.status, code });
      expect(metrics).to.match(
        new RegExp(`^countersign_[a-z_]*refus[a-z_]*\\{[^}]*"${code}"`, 'm'),
      );
    }
    expect(service.log.join('\n')).not.to.include(client[1]);
  });

  it('failed authentication does not count in the agent’s own bucket or signals', async () => {
    const rate = { per_minute: 1, burst: 2, resource_per_minute: 1, resource_burst: 2 };
    const client = await register('uncounted', { rate });
    for (let round = 0; round < 6; round++) {
      await asker([client[0], mintSecret('agent').secret])('json');
    }
    for (const left of ['1', '0']) {
      const granted = await asker(client)('json');
      tokenOf(granted);
      expect(granted.headers['ratelimit-remaining']).to.equal(left);
    }
    expectError(await asker(client)('json'), 'json', 429, 'slow_down');
  });
});

import { expect } from 'chai';
import { mintSecret } from '../../../src/registry/secret.js';
import type { Answer } from '../../support/http.js';
import { bytesOf, CODECS, expectError, tokenAsk, tokenOf, type Codec } from './asks.js';
import { accessEvents, streamEvents } from './stream-events.js';
import { registerAgent, useTableService, type Client } from './table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
const FAILURES = ['unknown', 'wrong secret', 'disabled', 'deleted'] as const;

describe('POST /token, unauthenticated → 401 invalid_client', () => {
  const table = useTableService();
  const clients = new Map<string, Client>();

  before(async () => {
    const { service } = table();
    const { http } = service;
    for (const id of ['wrong', 'disabled', 'deleted']) {
      const client = await registerAgent(http, { id, grants: GRANTS });
      tokenOf(await http.send('POST', '/token', tokenAsk('json', client)));
      clients.set(id, client);
    }
    const disabled = { status: 'disabled', reason: 'test' };
    const status = await http.admin('POST', '/admin/v1/agents/disabled/status', { json: disabled });
    expect(status.status).to.equal(200);
    expect((await http.admin('DELETE', '/admin/v1/agents/deleted')).status).to.equal(204);
    clients.set('unknown', ['unknown', mintSecret('agent').secret]);
    clients.set('wrong secret', ['wrong', mintSecret('agent').secret]);
  });

  async function refused(codec: Codec, what: string, by: 'basic' | 'post'): Promise<Answer> {
    const client = clients.get(what);
    if (client === undefined) throw new Error(what);
    const [client_id, client_secret] = client;
    const ask =
      by === 'basic'
        ? tokenAsk(codec, client)
        : tokenAsk(codec, undefined, { client_id, client_secret });
    return table().service.http.send('POST', '/token', {
      ...ask,
      headers: { 'x-request-id': 'one-and-the-same' },
    });
  }

  for (const codec of CODECS) {
    for (const by of ['basic', 'post'] as const) {
      it(`${codec}, client_secret_${by}: unknown, wrong secret, disabled and deleted are one answer, byte for byte`, async () => {
        const seen = new Set<string>();
        for (const what of FAILURES) {
          const answer = await refused(codec, what, by);
          expectError(answer, codec, 401, 'invalid_client');
          expect(answer.headers['www-authenticate']).to.match(/^Basic realm="[^"]+"/);
          seen.add(bytesOf(answer));
        }
        expect(seen.size, [...seen].join('\n')).to.equal(1);
      });
    }

    it(`${codec}: no client, a secret without a client id, and a secret of the wrong kind get this answer, too`, async () => {
      const { service } = table();
      const expected = bytesOf(await refused(codec, 'unknown', 'basic'));
      const asks = [
        tokenAsk(codec, undefined),
        tokenAsk(codec, undefined, { client_secret: service.agent[1] }),
        tokenAsk(codec, [service.agent[0], '']),
        tokenAsk(codec, [service.agent[0], 'hunter2']),
        tokenAsk(codec, ['', service.agent[1]]),
        tokenAsk(codec, ['../../agents/x', service.agent[1]]),
        tokenAsk(codec, service.resourceServer),
      ];
      for (const ask of asks) {
        const headers = { 'x-request-id': 'one-and-the-same' };
        const answer = await service.http.send('POST', '/token', { ...ask, headers });
        expect(bytesOf(answer)).to.equal(expected);
      }
    });

    it(`${codec}: agent_id is an alias that must match, never a credential`, async () => {
      const { service } = table();
      const client = clients.get('wrong');
      if (client === undefined) throw new Error('not registered');
      const alias = (id: string) =>
        service.http.send('POST', '/token', tokenAsk(codec, client, { client_id: id }));
      tokenOf(await alias('wrong'));
      expectError(await alias(service.agent[0]), codec, 401, 'invalid_client');
    });
  }

  it('a client endpoint other than /token refuses with equal bytes', async () => {
    const { http } = table().service;
    const headers = { 'x-request-id': 'one-and-the-same' };
    const expected = bytesOf(await refused('form', 'unknown', 'basic'));
    for (const path of ['/introspect', '/revoke', '/oauth2/introspect', '/oauth2/revoke']) {
      const basic = ['nobody', mintSecret('resource_server').secret] as const;
      const answer = await http.send('POST', path, { basic, headers, form: { token: 'x' } });
      expect(bytesOf(answer), path).to.equal(expected);
    }
  });

  it('writes no event with the id of an unregistered agent', async () => {
    const { redis } = table();
    const ids = (await streamEvents(redis)).map(({ agent_id: id }) => id);
    expect(ids).not.to.include('unknown');
    expect(ids).not.to.include('nobody');
    expect(await accessEvents(redis, 'wrong')).not.to.deep.equal([]);
  });
});

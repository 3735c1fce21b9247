import { expect } from 'chai';
import { bytesOf, CODECS, expectError, rawAsk, tokenAsk, type Codec } from './asks.js';
import { accessEvents } from './stream-events.js';
import { useTableService, type Client } from './table-service.js';

const scopes = (count: number): string =>
  ['read_invoices', ...Array.from({ length: count - 1 }, (_, n) => `s${String(n)}`)].join(' ');

/** Three segments, none of them over its own limit: only the whole is too long. */
const long = (chars: number): string =>
  `${'a'.repeat(100)}:${'b'.repeat(100)}:${'c'.repeat(chars - 202)}`;

function without(codec: Codec, client: Client) {
  return codec === 'json'
    ? rawAsk(codec, client, '{"resource":"stripe"}')
    : rawAsk(codec, client, 'grant_type=client_credentials&resource=stripe');
}

describe('POST /token, no or a bad scope → 400 invalid_scope', () => {
  const table = useTableService();

  /** Number of scopes of each request that was decided on: what is refused before leaves no decision. */
  async function asked(): Promise<(number | undefined)[]> {
    const events = await accessEvents(table().redis, table().service.agent[0]);
    return events.map(({ scopes_requested: all }) => all?.length);
  }

  for (const codec of CODECS) {
    it(`${codec}: no scope and an empty scope`, async () => {
      const { service } = table();
      for (const ask of [
        without(codec, service.agent),
        tokenAsk(codec, service.agent, { scope: '' }),
      ]) {
        const answer = await service.http.send('POST', '/token', ask);
        expectError(answer, codec, 400, 'invalid_scope');
      }
    });

    it(`${codec}: 64 scopes are decided on, 65 are not, equal ones included`, async () => {
      const { service } = table();
      const ask = (scope: string) =>
        service.http.send('POST', '/token', tokenAsk(codec, service.agent, { scope }));
      const before = await asked();
      await ask(scopes(64));
      expect(await asked()).to.deep.equal([...before, 64]);
      expectError(await ask(scopes(65)), codec, 400, 'invalid_scope');
      const equal = Array.from({ length: 65 }, () => 'read_invoices').join(' ');
      expectError(await ask(equal), codec, 400, 'invalid_scope');
      expect(await asked()).to.deep.equal([...before, 64]);
    });

    it(`${codec}: a scope of 256 characters is decided on, one of 257 is not`, async () => {
      const { service } = table();
      const ask = (scope: string) =>
        service.http.send('POST', '/token', tokenAsk(codec, service.agent, { scope }));
      const before = await asked();
      await ask(long(256));
      expectError(await ask(long(257)), codec, 400, 'invalid_scope');
      // Next to one that would be granted it is no better.
      expectError(await ask(`read_invoices ${long(257)}`), codec, 400, 'invalid_scope');
      expect(await asked()).to.deep.equal([...before, 1]);
    });

    for (const scope of [
      'read\tinvoices',
      'é',
      'a"b',
      'a\\b',
      'a:*:b',
      '**',
      ':',
      'a::b',
      'a  b',
      ' a',
    ]) {
      it(`${codec}: ${JSON.stringify(scope)} is not a scope`, async () => {
        const { service } = table();
        const ask = tokenAsk(codec, service.agent, { scope });
        expectError(await service.http.send('POST', '/token', ask), codec, 400, 'invalid_scope');
      });
    }

    it(`${codec}: does not repeat what was sent`, async () => {
      const { service } = table();
      const ask = tokenAsk(codec, service.agent, { scope: 'canary"value' });
      const answer = await service.http.send('POST', '/token', ask);
      expect(bytesOf(answer)).not.to.include('canary');
    });
  }

  it('json: an array of scopes is held to these rules', async () => {
    const { service } = table();
    const ask = (scope: readonly string[]) =>
      service.http.send('POST', '/token', {
        basic: service.agent,
        json: { resource: 'stripe', scope },
      });
    await ask(['read_invoices', 'read_invoices']);
    expect((await asked()).at(-1)).to.equal(1);
    await ask(scopes(64).split(' '));
    expect((await asked()).at(-1)).to.equal(64);
    for (const scope of [[], [''], scopes(65).split(' '), ['read_invoices', 'a b'], [long(257)]]) {
      expectError(await ask(scope), 'json', 400, 'invalid_scope');
    }
  });
});

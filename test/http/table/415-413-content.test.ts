import { expect } from 'chai';
import { expectError, rawAsk, tokenOf, type Codec } from './asks.js';
import { useTableService } from './table-service.js';

const BODY = {
  json: '{"resource":"stripe","scope":"read_invoices"}',
  form: 'grant_type=client_credentials&resource=stripe&scope=read_invoices',
};
const MAX_BYTES = 65_536;

/** Returns a request of exactly `bytes` bytes; the padding is ignored. */
function sized(codec: Codec, bytes: number): string {
  const [head, tail] =
    codec === 'json' ? [`${BODY.json.slice(0, -1)},"x":"`, '"}'] : [`${BODY.form}&x=`, ''];
  return `${head}${'x'.repeat(bytes - head.length - tail.length)}${tail}`;
}

describe('POST /token, another content type → 415', () => {
  const table = useTableService();

  const others = [
    undefined,
    'text/plain',
    'text/json',
    'application/jsonx',
    'application/json-patch+json',
    'application/ld+json',
    'application/problem+json',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=iso-8859-1',
    'application/x-www-form-urlencoded; charset=utf-7',
    'application/json, application/x-www-form-urlencoded',
    '',
    '*/*',
  ];
  for (const type of others) {
    it(`${type ?? 'none'}, over the body of either codec`, async () => {
      const { service } = table();
      const headers = type === undefined ? {} : { 'content-type': type };
      for (const body of Object.values(BODY)) {
        const ask = { basic: service.agent, headers, body };
        const answer = await service.http.send('POST', '/token', ask);
        expectError(answer, 'json', 415, 'unsupported_media_type');
      }
    });
  }

  it('takes each codec with the charset it has anyway, in any case', async () => {
    const { service } = table();
    const asks: [string, string][] = [
      ['Application/JSON ; charset="UTF-8"', BODY.json],
      ['application/json;charset=utf-8', BODY.json],
      ['application/X-WWW-form-urlencoded; Charset=utf-8', BODY.form],
    ];
    for (const [type, body] of asks) {
      const ask = { basic: service.agent, headers: { 'content-type': type }, body };
      tokenOf(await service.http.send('POST', '/token', ask));
    }
  });

  it('a compressed body is 415 in both codecs', async () => {
    const { service } = table();
    for (const codec of ['json', 'form'] as const) {
      const { headers, ...ask } = rawAsk(codec, service.agent, BODY[codec]);
      const encoded = { ...ask, headers: { ...headers, 'content-encoding': 'gzip' } };
      const answer = await service.http.send('POST', '/token', encoded);
      expectError(answer, codec, 415, 'unsupported_media_type');
    }
  });
});

describe('POST /token, over 64 KiB → 413', () => {
  const table = useTableService();

  for (const codec of ['json', 'form'] as const) {
    it(`${codec}: 65,536 bytes are taken, one more is not`, async () => {
      const { service } = table();
      const most = rawAsk(codec, service.agent, sized(codec, MAX_BYTES));
      tokenOf(await service.http.send('POST', '/token', most));
      for (const bytes of [MAX_BYTES + 1, 300_000]) {
        const ask = rawAsk(codec, service.agent, sized(codec, bytes));
        const answer = await service.http.send('POST', '/token', ask);
        expectError(answer, codec, 413, 'payload_too_large');
      }
    });

    it(`${codec}: the size is what is read, not what was decoded`, async () => {
      const { service } = table();
      // 21,846 characters, 65,538 bytes.
      const wide = codec === 'json' ? '"€' : 'x=€';
      const body = Buffer.from(wide.padEnd(21_846, '€'));
      expect(body.length).to.be.greaterThan(MAX_BYTES - 10);
      const ask = rawAsk(codec, service.agent, Buffer.concat([body, Buffer.alloc(32, 0x78)]));
      expectError(await service.http.send('POST', '/token', ask), codec, 413, 'payload_too_large');
    });
  }
});

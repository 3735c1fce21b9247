import { expect } from 'chai';
import { CODECS, expectError, rawAsk, tokenAsk, tokenOf } from './asks.js';
import { accessEvents } from './stream-events.js';
import { useTableService } from './table-service.js';

const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const json = (more: string): string =>
  `{"resource":"stripe","scope":"read_invoices"${more === '' ? '' : `,${more}`}}`;
const form = (more: string): string =>
  `grant_type=client_credentials&resource=stripe&scope=read_invoices${more === '' ? '' : `&${more}`}`;
const bytes = (text: string, ...after: number[]): Uint8Array =>
  Buffer.concat([Buffer.from(text), Buffer.from(after)]);

const MALFORMED: Readonly<Record<'json' | 'form', Readonly<Record<string, string | Uint8Array>>>> =
  {
    json: {
      'no body': '',
      'no JSON': '{"resource":',
      'an array': '[]',
      'a text': '"stripe"',
      null: 'null',
      'text after the object': `${json('')}{}`,
      'a comment': `/* */${json('')}`,
      'a byte order mark': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(json(''))]),
      'bad UTF-8': bytes(
        '{"resource":"stripe","scope":"read_invoices","reason":"',
        0xff,
        0x22,
        0x7d,
      ),
      'overlong UTF-8': bytes(
        '{"resource":"stripe","scope":"a","reason":"',
        0xc0,
        0xaf,
        0x22,
        0x7d,
      ),
      'a duplicate member': json('"scope":"read_customers"'),
      'a duplicate member, spelled otherwise': json('"sc\\u006fpe":"read_customers"'),
      'a duplicate unknown member': json('"x":1,"x":1'),
      'a duplicate member below': json('"x":{"y":1,"y":2}'),
      'resource of a wrong type': '{"resource":7,"scope":"read_invoices"}',
      'scope of a wrong type': '{"resource":"stripe","scope":{"read_invoices":true}}',
      'a scope of a wrong type': '{"resource":"stripe","scope":["read_invoices",1]}',
      'a declared member of a wrong type': json('"session_id":7'),
      'a resource that is null': '{"resource":null,"scope":"read_invoices"}',
      'a scope that is null in a list': '{"resource":"stripe","scope":["read_invoices",null]}',
      'no resource': '{"scope":"read_invoices"}',
      'an empty resource': '{"resource":"","scope":"read_invoices"}',
      'over 64 levels': json(`"x":${nested(64)}`),
      'levels without end': '['.repeat(60_000),
      'a lone surrogate': json('"reason":"\\ud800"'),
      'a lone surrogate in a name': json('"\\udfff":1'),
      NUL: json('"reason":"a\\u0000b"'),
      'a raw NUL': json('"reason":"a\u0000b"'),
      ['__proto__']: json('"__proto__":{"scope":"create_refund"}'),
      constructor: json('"x":[{"constructor":1}]'),
      prototype: json('"prototype":1'),
      '__proto__, spelled otherwise': json('"\\u005f_proto__":{}'),
      'a control character in a declared member': json('"session_id":"a\\nb"'),
      'agent_id and client_id that differ': json('"agent_id":"a","client_id":"b"'),
    },
    form: {
      'no body': '',
      'no grant_type': 'resource=stripe&scope=read_invoices',
      'an empty grant_type': 'grant_type=&resource=stripe&scope=read_invoices',
      'a duplicate parameter': form('scope=read_customers'),
      'a duplicate parameter, spelled otherwise': form('sc%6Fpe=read_customers'),
      'a duplicate unknown parameter': form('x=1&x=1'),
      'bad UTF-8': bytes(form('reason='), 0xff),
      'bad UTF-8, escaped': form('reason=%ff'),
      'overlong UTF-8, escaped': form('reason=%c0%af'),
      'a bad escape': form('reason=%zz'),
      'a cut escape': form('reason=%4'),
      'a lone surrogate, escaped': form('reason=%ed%a0%80'),
      NUL: form('reason=a%00b'),
      'NUL in a name': form('a%00=1'),
      'no resource': 'grant_type=client_credentials&scope=read_invoices',
      'an empty resource': 'grant_type=client_credentials&scope=read_invoices&resource=',
      ['__proto__']: form('__proto__=1'),
      constructor: form('constructor=1'),
      prototype: form('proto%74ype=1'),
      'a control character in a declared member': form('session_id=a%0ab'),
      'agent_id and client_id that differ': form('agent_id=a&client_id=b'),
    },
  };

describe('POST /token, malformed → 400 invalid_request', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    for (const [what, body] of Object.entries(MALFORMED[codec])) {
      it(`${codec}: ${what}`, async () => {
        const { service } = table();
        const answer = await service.http.send(
          'POST',
          '/token',
          rawAsk(codec, service.agent, body),
        );
        expectError(answer, codec, 400, 'invalid_request');
      });
    }
  }

  it('a grant type that is not ours is 400 unsupported_grant_type in both codecs', async () => {
    const { service } = table();
    const bodies = {
      json: json('"grant_type":"password"'),
      form: 'grant_type=password&resource=stripe&scope=read_invoices',
    };
    for (const codec of CODECS) {
      const ask = rawAsk(codec, service.agent, bodies[codec]);
      const answer = await service.http.send('POST', '/token', ask);
      expectError(answer, codec, 400, 'unsupported_grant_type');
    }
  });

  it('ignores unknown members and takes 64 levels: what is refused above is refused for its fault', async () => {
    const { service } = table();
    const asks = [
      rawAsk('json', service.agent, json(`"x":${nested(63)}`)),
      rawAsk('json', service.agent, json('"reason":null,"ttl":null,"client_id":null')),
      rawAsk('json', service.agent, json('"X":1,"reason":"\\ud83d\\ude00"')),
      rawAsk('form', service.agent, form('x=1&X=%F0%9F%98%80')),
      rawAsk('form', service.agent, form('')),
    ];
    for (const ask of asks) tokenOf(await service.http.send('POST', '/token', ask));
  });

  it('counts nothing against the agent and leaves no event', async () => {
    const { service, redis } = table();
    const before = await accessEvents(redis, service.agent[0]);
    for (const codec of CODECS) {
      const ask = rawAsk(codec, service.agent, 'x=%00{');
      expect((await service.http.send('POST', '/token', ask)).status).to.equal(400);
    }
    expect(await accessEvents(redis, service.agent[0])).to.deep.equal(before);
    expect(before.every(({ type }) => type === 'access.granted')).to.equal(true);
    tokenOf(await service.http.send('POST', '/token', tokenAsk('json', service.agent)));
  });
});

import { expect } from 'chai';
import { CODECS, expectError, jwtPart, rawAsk, tokenAsk, tokenOf } from './asks.js';
import { accessEvents } from './stream-events.js';
import { registerAgent, useTableService } from './table-service.js';

const WRONG = {
  json: [
    '0',
    '-1',
    '-0',
    '1.5',
    '1e-1',
    '"300"',
    '"abc"',
    'true',
    '[null]',
    '[300]',
    '{}',
    '-1e999',
  ],
  form: [
    '0',
    '-1',
    '-0',
    '1.5',
    '1e2',
    '0x10',
    'abc',
    '+5',
    '%205',
    '5%20',
    '05',
    'NaN',
    'Infinity',
  ],
};
/** Seconds: the cap of the demo's resource, then what it was before the cap. */
const CAP = 900;
const HUGE = {
  json: ['901', '86400', '2147483648', '9007199254740993', '1e300', '1e999'],
  form: [
    '901',
    '86400',
    '2147483648',
    '9007199254740993',
    '1'.padEnd(300, '0'),
    '1'.padEnd(400, '0'),
  ],
};

function body(codec: 'json' | 'form', ttl: string): string {
  return codec === 'json'
    ? `{"resource":"stripe","scope":"read_invoices","ttl":${ttl}}`
    : `grant_type=client_credentials&resource=stripe&scope=read_invoices&countersign_ttl=${ttl}`;
}

describe('POST /token, the lifetime asked for', () => {
  const table = useTableService();

  for (const codec of CODECS) {
    for (const ttl of WRONG[codec]) {
      it(`${codec}: ttl ${ttl} → 400 invalid_request`, async () => {
        const { service } = table();
        const ask = rawAsk(codec, service.agent, body(codec, ttl));
        expectError(await service.http.send('POST', '/token', ask), codec, 400, 'invalid_request');
      });
    }

    for (const ttl of HUGE[codec]) {
      it(`${codec}: ttl ${ttl.slice(0, 20)} is clamped to the cap`, async () => {
        const { service } = table();
        const ask = rawAsk(codec, service.agent, body(codec, ttl));
        const answer = await service.http.send('POST', '/token', ask);
        const { exp, iat } = jwtPart(tokenOf(answer), 1);
        expect(answer.json()['expires_in']).to.equal(CAP);
        expect(Number(exp) - Number(iat)).to.equal(CAP);
      });
    }

    it(`${codec}: a positive integer within the caps is given as asked, and the answer says so`, async () => {
      const { service } = table();
      for (const ttl of [1, 61, CAP]) {
        const ask = tokenAsk(codec, service.agent, { ttl });
        const answer = await service.http.send('POST', '/token', ask);
        const { exp, iat } = jwtPart(tokenOf(answer), 1);
        expect(answer.json()['expires_in']).to.equal(ttl);
        expect(answer.json()['ttl']).to.equal(codec === 'json' ? ttl : undefined);
        expect(Number(exp) - Number(iat)).to.equal(ttl);
      }
    });
  }
});

/** As if the second ended between the gather and the commit, on the first try of one agent. */
function secondEnds(file: string, source: string): string {
  if (file !== 'gatherSignals-7.lua') return source;
  const late = "(counted and KEYS[2]:find('late', 1, true) and meta.tick - 1000 or meta.tick)";
  return source.replace("'GATHERED', meta.epoch, meta.seq, meta.tick,", (found) =>
    found.replace('meta.tick', late),
  );
}

describe('POST /token, a lifetime that ends before it is committed', () => {
  const table = useTableService(() => ({ editScript: secondEnds }));

  for (const codec of CODECS) {
    it(`${codec}: is counted from later, once, and granted in full`, async () => {
      const { service, redis } = table();
      const grants = [{ resource: 'stripe', scopes: ['read_invoices'] }];
      const client = await registerAgent(service.http, { id: `late-${codec}`, grants });
      const ask = tokenAsk(codec, client, { ttl: 1 });
      const answer = await service.http.send('POST', '/token', ask);
      const { exp, iat } = jwtPart(tokenOf(answer), 1);
      expect(Number(exp) - Number(iat)).to.equal(1);
      const events = await accessEvents(redis, client[0]);
      expect(events.map(({ type }) => type)).to.deep.equal(['access.granted']);
      expect(service.log.join('\n')).not.to.include('temporarily_unavailable');
    });
  }
});

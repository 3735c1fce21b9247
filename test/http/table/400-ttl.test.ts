import { expect } from 'chai';
import { CODECS, expectError, jwtPart, rawAsk, tokenAsk, tokenOf } from './asks.js';
import { useTableService } from './table-service.js';

const WRONG = {
  json: ['0', '-1', '-0', '1.5', '1e-1', '"300"', '"abc"', 'true', 'null', '[300]', '{}', '-1e999'],
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

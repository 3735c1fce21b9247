import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

const REFUSED = [
  'text/plain',
  'application/xml',
  'multipart/form-data; boundary=x',
  'application/json; charset=utf-16',
  'application/json; charset=utf-8; x=y',
  'application/json, application/x-www-form-urlencoded',
  'application/problem+json',
  'application/json; charset=iso-8859-1',
  'application/x-www-form-urlencoded; charset=iso-8859-15',
  'application/x-www-form-urlencoded; charset=utf-8; charset=iso-8859-1',
  'application/x-www-form-urlencoded; charset="utf-8',
  'application/x-www-form-urlencoded;;',
];

describe('POST /token → 415', () => {
  const service = useFakeService();

  for (const type of REFUSED) {
    it(`refuses Content-Type ${type}`, async () => {
      const headers = { 'content-type': type };
      const answer = await service().client.send('POST', '/token', { headers, body: '{}' });
      expect(answer.status).to.equal(415);
      expect(answer.json()['error']).to.equal('unsupported_media_type');
    });
  }

  const ambiguous: [string, Buffer][] = [
    ['a byte of ISO-8859-1', Buffer.from([0xe9])],
    ['bytes of UTF-8', Buffer.from('é')],
    ...['%E9', '%C3', '%e9', '%C3%A9', '%zz'].map((text): [string, Buffer] => [
      text,
      Buffer.from(text),
    ]),
  ];
  for (const [what, reason] of ambiguous) {
    it(`refuses a form labelled ISO-8859-1 with text outside ASCII: ${what}`, async () => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=ISO-8859-1' };
      const start = 'grant_type=client_credentials&resource=stripe&scope=read_invoices&reason=';
      const body = Buffer.concat([Buffer.from(start), reason]);
      const { operations, client } = service();
      const answer = await client.send('POST', '/token', { basic: ['a', 's'], headers, body });
      expect(answer.status).to.equal(415);
      expect(answer.json()).to.include({ error: 'unsupported_media_type' });
      expect(answer.text).to.include('Encode it in UTF-8 and send no charset.');
      expect(operations.seen).to.deep.equal([]);
    });
  }

  it('refuses a request without Content-Type', async () => {
    const answer = await service().client.send('POST', '/token', { body: '{}' });
    expect(answer.status).to.equal(415);
  });

  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    it(`refuses a compressed body of ${type}`, async () => {
      const headers = { 'content-type': type, 'content-encoding': 'gzip' };
      const answer = await service().client.send('POST', '/token', { headers, body: 'x' });
      expect(answer.status).to.equal(415);
    });
  }
});

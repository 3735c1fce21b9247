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
  'application/x-www-form-urlencoded; charset=iso-8859-1',
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

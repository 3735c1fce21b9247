import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';
import { rawExchange } from '../../support/raw-http.js';
import { jsonAsk } from './requests.js';

const TYPES = ['application/json', 'application/x-www-form-urlencoded'];

for (const front of [true, false]) {
  describe(`POST /token → 413 (${front ? 'before' : 'by'} Express)`, () => {
    const service = useFakeService({ front });

    for (const type of TYPES) {
      it(`refuses ${type} of 65,537 bytes, and the connection stays usable`, async () => {
        const headers = { 'content-type': type };
        const body = 'a'.repeat(65_537);
        const answer = await service().client.send('POST', '/token', { headers, body });
        expect(answer.status).to.equal(413);
        expect(answer.json()['error']).to.equal('payload_too_large');
        const next = await service().client.send('POST', '/token', jsonAsk());
        expect(next.status).to.equal(200);
      });
    }

    it('takes exactly 65,536 bytes', async () => {
      const open = '{"resource":"stripe","scope":"read_invoices","x":"';
      const body = `${open}${'a'.repeat(65_536 - open.length - 2)}"}`;
      const headers = { 'content-type': 'application/json' };
      const { basic = ['', ''] } = jsonAsk();
      const answer = await service().client.send('POST', '/token', { headers, body, basic });
      expect(answer.status).to.equal(200);
    });

    it('refuses a chunked body as soon as it is over the limit, without waiting for its end', async () => {
      const chunk = `${(16_384).toString(16)}\r\n${'a'.repeat(16_384)}`;
      const answer = await rawExchange(service().endpoints.publicUrl, [
        'POST /token HTTP/1.1',
        'Host: 127.0.0.1',
        'Connection: close',
        'Content-Type: application/json',
        'Transfer-Encoding: chunked',
        '',
        ...[chunk, chunk, chunk, chunk, '1\r\na', ''],
      ]);
      expect(answer).to.match(/^HTTP\/1\.1 413 /);
    });

    it('refuses a Content-Length over the limit before any of the body came', async () => {
      const answer = await rawExchange(service().endpoints.publicUrl, [
        'POST /token HTTP/1.1',
        'Host: 127.0.0.1',
        'Connection: close',
        'Content-Type: application/json',
        'Content-Length: 99999999',
        '',
        '',
      ]);
      expect(answer).to.match(/^HTTP\/1\.1 413 /);
    });
  });
}

import { expect } from 'chai';
import { unavailable } from '../../../src/domain/errors.js';
import { useFakeService } from '../../support/http-listeners.js';
import { formAsk, jsonAsk } from './requests.js';

for (const front of [true, false]) {
  describe(`POST /token → 503 (${front ? 'before' : 'by'} Express)`, () => {
    const service = useFakeService({ front });

    for (const [codec, ask] of [
      ['json', jsonAsk()],
      ['form', formAsk()],
    ] as const) {
      it(`answers a ${codec} request when the store is away, and keeps the cause inside`, async () => {
        service().operations.authorizeWith = () => {
          throw unavailable('redis at 10.0.0.1 refused', new Error('ECONNREFUSED'));
        };
        const answer = await service().client.send('POST', '/token', ask);
        expect(answer.status).to.equal(503);
        expect(answer.headers['retry-after']).to.equal('1');
        expect(answer.text).not.to.match(/redis|ECONNREFUSED/);
        expect(service().observations.at(-1)?.error?.internal).to.include('10.0.0.1');
      });

      it(`answers a ${codec} request that met a defect with 503, no stack, and reports it`, async () => {
        service().errors.length = 0;
        const defect = new TypeError('cannot read secret csk_x of undefined');
        service().operations.authorizeWith = () => {
          throw defect;
        };
        const answer = await service().client.send('POST', '/token', ask);
        expect(answer.status).to.equal(503);
        expect(answer.json()['error']).to.equal('temporarily_unavailable');
        expect(answer.text).not.to.match(/csk_x|undefined|at /);
        expect(service().errors).to.deep.equal([defect]);
      });
    }
  });
}

import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { useFakeService } from '../../support/http-listeners.js';
import { formAsk, jsonAsk } from './requests.js';

describe('POST /token → 401', () => {
  const service = useFakeService();

  for (const [codec, ask] of [
    ['json', jsonAsk()],
    ['form', formAsk()],
  ] as const) {
    it(`challenges a ${codec} request with Basic, and says nothing of why`, async () => {
      service().operations.authorizeWith = () => {
        throw new CountersignError(
          'invalid_client',
          'Client authentication failed.',
          { challenge: 'Basic' },
          'the second secret of demo-agent has expired',
        );
      };
      const answer = await service().client.send('POST', '/token', ask);
      expect(answer.status).to.equal(401);
      expect(answer.headers['www-authenticate']).to.equal('Basic realm="countersign"');
      expect(answer.json()['error']).to.equal('invalid_client');
      expect(answer.text).not.to.include('second secret');
    });

    it(`answers a ${codec} request without a credential alike`, async () => {
      const { basic, ...rest } = ask;
      expect(basic).not.to.equal(undefined);
      const answer = await service().client.send('POST', '/token', rest);
      expect(answer.status).to.equal(401);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }
});

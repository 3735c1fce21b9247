import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import { GRANTED } from '../../support/fake-records.js';
import { useFakeService } from '../../support/http-listeners.js';
import { formAsk, jsonAsk } from './requests.js';

describe('POST /token → 429', () => {
  const service = useFakeService();

  for (const [codec, ask] of [
    ['json', jsonAsk()],
    ['form', formAsk()],
  ] as const) {
    it(`tells a ${codec} request when to come back, in whole seconds`, async () => {
      service().operations.authorizeWith = () => {
        throw new CountersignError('slow_down', 'Too many requests.', {
          retryAfterSeconds: 2.4,
          rate: { ...GRANTED.rate, bucket: 'owner', remaining: 0, resetMs: 59_100 },
        });
      };
      const answer = await service().client.send('POST', '/token', ask);
      expect(answer.status).to.equal(429);
      expect(answer.json()['error']).to.equal('slow_down');
      expect(answer.headers).to.include({
        'retry-after': '3',
        'ratelimit-limit': '60',
        'ratelimit-remaining': '0',
        'ratelimit-reset': '3',
        'ratelimit-policy': '"owner";q=60;w=12',
        ratelimit: '"owner";r=0;t=3',
      });
    });
  }
});

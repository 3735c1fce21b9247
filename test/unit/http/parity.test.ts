import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import type { Answer, Ask } from '../../support/http.js';
import { type FakeService, startFakeService } from '../../support/http-listeners.js';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';
const BASIC = ['demo-agent', 'csk_demo'] as const;
const GOOD = { resource: 'stripe', scope: 'read' };

const ASKS: readonly (readonly [method: string, path: string, ask: Ask])[] = [
  ['POST', '/token', { basic: BASIC, json: GOOD }],
  ['POST', '/oauth2/token', { basic: BASIC, form: { grant_type: 'client_credentials', ...GOOD } }],
  ['POST', '/token', { basic: BASIC, json: { resource: 'stripe' } }],
  ['POST', '/token', { basic: BASIC, form: GOOD }],
  ['POST', '/token', { json: GOOD }],
  ['POST', '/token?x=1', { basic: BASIC, json: GOOD }],
  ['POST', '/token', { body: 'x'.repeat(65_537), headers: { 'content-type': FORM } }],
  ['POST', '/token', { body: '{', headers: { 'content-type': JSON_TYPE } }],
  ['POST', '/token', { body: '{}', headers: { 'content-type': 'text/plain' } }],
  ['GET', '/token', {}],
  ['OPTIONS', '/oauth2/token', {}],
  ['POST', '/introspect', { basic: BASIC, form: { token: 't' } }],
  ['POST', '/oauth2/introspect', { basic: BASIC, form: { token: 't' } }],
  ['POST', '/introspect', { basic: BASIC, json: { token: 't' } }],
  ['POST', '/introspect', { basic: BASIC, form: {} }],
  ['HEAD', '/introspect', {}],
];

describe('the front before Express', () => {
  let front: FakeService;
  let express: FakeService;

  before(async () => {
    front = await startFakeService({ front: true });
    express = await startFakeService({ front: false });
  });
  after(async () => {
    await Promise.all([front.close(), express.close()]);
  });

  for (const [method, path, ask] of ASKS) {
    it(`answers as Express does: ${method} ${path} ${JSON.stringify(ask).slice(0, 60)}`, async () => {
      const answers = await Promise.all([send(front), send(express)]);
      expect(answers[0]).to.deep.equal(answers[1]);
    });

    const send = async (service: FakeService): Promise<unknown> =>
      comparable(
        await service.client.send(method, path, {
          ...ask,
          headers: { ...ask.headers, 'x-request-id': 'same-request-id' },
        }),
      );
  }

  it('answers a denial and a defect as Express does', async () => {
    for (const thrown of [
      new CountersignError('access_denied', 'No.'),
      new CountersignError('slow_down', 'Wait.'),
      new Error('defect'),
    ]) {
      const answers = await Promise.all(
        [front, express].map(async (service) => {
          service.operations.authorizeWith = () => {
            throw thrown;
          };
          const headers = { 'x-request-id': 'same-request-id' };
          const ask = { basic: BASIC, json: GOOD, headers };
          return comparable(await service.client.send('POST', '/token', ask));
        }),
      );
      expect(answers[0]).to.deep.equal(answers[1]);
    }
  });
});

function comparable({ status, headers, text }: Answer): unknown {
  const { date, ...rest } = headers;
  expect(date).to.be.a('string');
  return { status, headers: rest, text };
}

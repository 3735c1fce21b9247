import { expect } from 'chai';
import { parseEvaluations } from '../../../src/request/access-evaluation.js';
import { parseJsonRequest } from '../../../src/request/json.js';
import { caught } from './caught.js';

const CREDENTIAL = `csk_${'a'.repeat(40)} `;
const LONG = CREDENTIAL.repeat(1000);

const bytes = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));

describe('the length of a text is checked before its content', () => {
  for (const [member, code, detail] of [
    ['session_id', 'invalid_request', 'session_id is over 256 characters.'],
    ['reason', 'invalid_request', 'reason is over 1024 characters.'],
    ['scope', 'invalid_scope', 'More than 64 scopes are requested.'],
    ['resource', 'invalid_target', 'The resource is not registered.'],
  ] as const) {
    it(`of a token request: ${member}`, () => {
      const body = { resource: 'stripe', scope: 'read', [member]: LONG };
      const error = caught(() => parseJsonRequest(bytes(body)));
      expect(error).to.deep.include({ code, detail });
    });
  }

  it('of an evaluation: subject.id, which names nothing and is answered as any such', () => {
    const body = { subject: { type: 'agent', id: LONG } };
    const error = caught(() => parseEvaluations(bytes(body), 'one'));
    expect(error).to.deep.include({
      code: 'invalid_request',
      detail: 'action is missing.',
    });
  });
});

import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import type { AssertionVerifier } from '../../../src/identity/ports.js';
import { agent, assertionFor, refusal, workbench, from } from './fakes.js';

const SOURCE = from('192.0.2.1');

/** That payload in another base64url text: the last character's unused bits are set. */
function strayBits(sub: string): string {
  const [header = '', payload = '', signature = ''] = assertionFor(sub).split('.');
  const other = `${payload.slice(0, -1)}1`;
  expect(other).not.to.equal(payload);
  expect(Buffer.from(other, 'base64url')).to.deep.equal(Buffer.from(payload, 'base64url'));
  return [header, other, signature].join('.');
}

describe('authenticateAgent with an assertion', () => {
  const keys = [{ kty: 'EC' }];
  const verified = { jti: 'j1', issuedAtSeconds: 1, expiresAtSeconds: 2 };
  const credential = (sub: unknown, clientId?: string) =>
    ({ method: 'private_key_jwt', clientId, assertion: assertionFor(sub) }) as const;

  it('verifies with the keys of the agent that sub names, for our issuer and the clock', async () => {
    const asked: Parameters<AssertionVerifier>[1][] = [];
    const { agents, authenticator } = workbench({
      verifyAssertion: (_assertion, expectations) => {
        asked.push(expectations);
        return verified;
      },
    });
    agents.stored.set('a', agent('a', { spec: { id: 'a', jwks: { keys } } }));
    const found = await authenticator.authenticateAgent(credential('a'), 'a', SOURCE);
    expect(found.spec.id).to.equal('a');
    expect(asked).to.deep.equal([
      {
        keys,
        clientId: 'a',
        audience: 'https://issuer.example',
        nowMs: 1_000_000,
        maxAgeSeconds: 300,
      },
    ]);
  });

  it('takes an assertion once; again only within the request', async () => {
    const { agents, authenticator, work } = workbench({ verifyAssertion: () => verified });
    agents.stored.set('a', agent('a', { spec: { id: 'a', jwks: { keys } } }));
    await authenticator.authenticateAgent(credential('a'), undefined, SOURCE);
    await authenticator.authenticateAgentAgain(credential('a'), undefined, SOURCE);
    expect(work.consumed).to.deep.equal(['j1']);
    const replay = authenticator.authenticateAgent(credential('a'), undefined, SOURCE);
    expect((await refusal(replay)).code).to.equal('invalid_client');
  });

  it('of a source over its budget is verified in the lane, twice at a time, and still taken', async () => {
    const failures = { waitSeconds: () => 6, charge: () => undefined };
    const { agents, authenticator, work } = workbench({
      failures,
      verifyAssertion: (assertion) => ({ ...verified, jti: assertion }),
    });
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) agents.stored.set(id, agent(id, { spec: { id, jwks: { keys } } }));
    let reading = 0;
    let most = 0;
    const read = agents.find.bind(agents);
    agents.find = async (id) => {
      most = Math.max(most, ++reading);
      await new Promise((resolve) => setImmediate(resolve));
      reading--;
      return read(id);
    };
    const proven = await Promise.all(
      ids.map((id) => authenticator.authenticateAgent(credential(id), undefined, SOURCE)),
    );
    expect(proven.map(({ spec }) => spec.id)).to.deep.equal(ids);
    expect(most).to.equal(2);
    expect(work.consumed).to.have.length(5);
  });

  it('is refused with slow_down where the lane has no place, unverified and uncharged', async () => {
    let charged = 0;
    const failures = { waitSeconds: () => 6, charge: () => charged++ };
    const lane = { run: () => Promise.reject(new CountersignError('slow_down', 'full')) };
    const { agents, authenticator, work } = workbench({ failures, lane });
    agents.stored.set('a', agent('a', { spec: { id: 'a', jwks: { keys } } }));
    for (const id of ['a', 'unknown']) {
      const attempt = authenticator.authenticateAgent(credential(id), undefined, SOURCE);
      expect((await refusal(attempt)).code).to.equal('slow_down');
    }
    expect({ charged, reads: agents.reads, verifications: work.verifications }).to.deep.equal({
      charged: 0,
      reads: 0,
      verifications: 0,
    });
  });

  it('does not consume the jti of an agent that may not authenticate', async () => {
    const { agents, authenticator, work } = workbench({ verifyAssertion: () => verified });
    agents.stored.set('a', agent('a', { status: 'disabled', spec: { id: 'a', jwks: { keys } } }));
    await refusal(authenticator.authenticateAgent(credential('a'), undefined, SOURCE));
    expect(work.consumed).to.deep.equal([]);
  });

  it('tries a key that was registered a moment ago', async () => {
    const fresh = { kty: 'OKP' };
    const { agents, authenticator } = workbench({
      verifyAssertion: (_assertion, { keys: tried }) =>
        tried[0]?.kty === 'OKP' ? verified : undefined,
    });
    agents.stored.set('a', agent('a', { spec: { id: 'a', jwks: { keys } } }));
    await agents.find('a');
    agents.stored.set('a', agent('a', { spec: { id: 'a', jwks: { keys: [fresh] } } }));
    await authenticator.authenticateAgent(credential('a'), undefined, SOURCE);
  });

  it('never takes an assertion for an agent without keys, whatever the verifier says', async () => {
    const { agents, authenticator } = workbench({ verifyAssertion: () => verified });
    agents.stored.set('a', agent('a'));
    const error = await refusal(
      authenticator.authenticateAgent(credential('a'), undefined, SOURCE),
    );
    expect(error.code).to.equal('invalid_client');
  });

  for (const [what, given] of [
    ['client_id is another than sub', credential('a', 'b')],
    ['sub is missing', credential(undefined)],
    ['sub is no string', credential(['a'])],
    ['it is no JWT', { method: 'private_key_jwt', clientId: 'a', assertion: 'x' } as const],
    [
      'it is too long',
      { ...credential('a'), assertion: `${assertionFor('a')}${'A'.repeat(4096)}` },
    ],
    ['its base64url is not canonical', { ...credential('a'), assertion: strayBits('a') }],
  ] as const) {
    it(`refuses without a read when ${what}`, async () => {
      const { agents, authenticator } = workbench({ verifyAssertion: () => verified });
      agents.stored.set('a', agent('a', { spec: { id: 'a', jwks: { keys } } }));
      const error = await refusal(authenticator.authenticateAgent(given, undefined, SOURCE));
      expect(error.code).to.equal('invalid_client');
      expect(agents.reads).to.equal(0);
    });
  }
});

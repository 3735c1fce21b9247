import { expect } from 'chai';
import { CountersignError } from '../../src/domain/errors.js';
import type { AgentRecord, SecretRecord } from '../../src/domain/records.js';
import type { ClientCredential } from '../../src/domain/request.js';
import type { AuthenticatorDeps } from '../../src/identity/ports.js';
import { matchingSecret, sha256 } from '../../src/identity/secret-match.js';
import {
  agent,
  digestOf,
  GOOD,
  OTHER,
  secret,
  workbench,
  WRONG,
  from,
} from '../unit/identity/fakes.js';

const SOURCE = from('192.0.2.1');
const NOW = 1_000;
const good = { id: 's1', sha256: digestOf(GOOD), created_at_ms: 0 };
const other = { id: 's2', sha256: digestOf(OTHER), created_at_ms: 0 };

async function observe(
  stored: AgentRecord | undefined,
  cached: boolean,
  given: ClientCredential,
  change: Partial<AuthenticatorDeps> = {},
) {
  const { agents, authenticator, work } = workbench(change);
  if (stored !== undefined) agents.stored.set('a', stored);
  if (cached) await agents.find('a');
  agents.reads = 0;
  try {
    await authenticator.authenticateAgent(given, undefined, SOURCE);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, detail, fields } = error;
    return { code, detail, fields, reads: agents.reads, ...work };
  }
  throw new Error('it was taken');
}

describe('client enumeration', () => {
  const cases: [string, AgentRecord | undefined, boolean, string][] = [
    ['unknown agent', undefined, false, GOOD],
    ['wrong secret, agent not cached', agent('a'), false, WRONG],
    ['wrong secret, agent cached', agent('a'), true, WRONG],
    ['wrong secret, two secrets', agent('a', { secrets: [good, other] }), true, WRONG],
    ['no secrets', agent('a', { secrets: [] }), true, GOOD],
    ['right secret, disabled', agent('a', { status: 'disabled' }), true, GOOD],
    ['right secret, deleted', agent('a', { status: 'deleted' }), false, GOOD],
  ];
  for (const [what, stored, cached, text] of cases) {
    it(`${what}: same answer, two comparisons, one read`, async () => {
      expect(await observe(stored, cached, secret('a', text))).to.deep.equal({
        code: 'invalid_client',
        detail: 'The client is unknown or its credential is not valid.',
        fields: { challenge: 'Basic' },
        reads: 1,
        comparisons: 2,
        verifications: 0,
        consumed: [],
      });
    });
  }

  it('a secret of an impossible shape costs no read, for known and unknown agents alike', async () => {
    const unknown = await observe(undefined, false, secret('a', 'hunter2'));
    const known = await observe(agent('a'), true, secret('a', 'hunter2'));
    expect(known).to.deep.equal(unknown);
    expect(known).to.include({ code: 'invalid_client', reads: 0, comparisons: 2 });
  });

  it('an assertion costs one verification, whether the agent exists, has keys, or not', async () => {
    const payload = Buffer.from('{"sub":"a"}').toString('base64url');
    const given: ClientCredential = {
      method: 'private_key_jwt',
      clientId: undefined,
      assertion: `e30.${payload}.c2ln`,
    };
    const keyed = agent('a', { spec: { id: 'a', jwks: { keys: [{ kty: 'EC' }] } } });
    for (const stored of [undefined, agent('a'), keyed]) {
      expect(await observe(stored, true, given)).to.include({
        code: 'invalid_client',
        verifications: 1,
      });
    }
  });

  it('over the budget of failures they are equal too: known or not, cached or not, secret or assertion', async () => {
    const payload = Buffer.from('{"sub":"a"}').toString('base64url');
    const assertion = `e30.${payload}.c2ln`;
    const credentials: ClientCredential[] = [
      secret('a', WRONG),
      secret('a', 'hunter2'),
      { method: 'private_key_jwt', clientId: undefined, assertion },
    ];
    const keyed = agent('a', { spec: { id: 'a', jwks: { keys: [{ kty: 'EC' }] } } });
    const failures = { waitSeconds: () => 6, charge: () => undefined };
    for (const given of credentials) {
      const stranger = await observe(undefined, false, given, { failures });
      expect(stranger).to.include({ code: 'slow_down' });
      for (const stored of [agent('a'), keyed, agent('a', { status: 'disabled' })]) {
        for (const cached of [true, false]) {
          expect(await observe(stored, cached, given, { failures })).to.deep.equal(stranger);
        }
      }
    }
  });

  it('another client id in the body gets an equal refusal, even with the right secret', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    let refused: unknown;
    try {
      await authenticator.authenticateAgent(secret('a', GOOD), 'b', SOURCE);
    } catch (error) {
      refused = error;
    }
    expect(refused).to.be.instanceOf(CountersignError).and.to.include({ code: 'invalid_client' });
  });
});

describe('timing of secret comparison', () => {
  function comparisons(stored: readonly SecretRecord[], text: string): [boolean, number] {
    let count = 0;
    const found = matchingSecret(sha256(text), stored, NOW, (left, right) => {
      count++;
      expect(left).to.have.length(32);
      expect(right).to.have.length(32);
      return Buffer.from(left).equals(right);
    });
    return [found !== undefined, count];
  }

  it('always makes two comparisons: none, one or two stored; first, second or none right', () => {
    expect(comparisons([], GOOD)).to.deep.equal([false, 2]);
    expect(comparisons([good], GOOD)).to.deep.equal([true, 2]);
    expect(comparisons([good], WRONG)).to.deep.equal([false, 2]);
    expect(comparisons([good, other], GOOD)).to.deep.equal([true, 2]);
    expect(comparisons([good, other], OTHER)).to.deep.equal([true, 2]);
    expect(comparisons([good, other], WRONG)).to.deep.equal([false, 2]);
  });

  it('an expired secret costs the comparisons of a live one, and matches nothing', () => {
    const expired = { ...good, expires_at_ms: NOW };
    expect(comparisons([expired], GOOD)).to.deep.equal([false, 2]);
    expect(comparisons([expired, other], OTHER)).to.deep.equal([true, 2]);
    expect(comparisons([{ ...good, expires_at_ms: NOW + 1 }], GOOD)).to.deep.equal([true, 2]);
  });

  it('a filler never counts, even if the comparison said it is equal', () => {
    expect(matchingSecret(sha256(GOOD), [], NOW, () => true)).to.equal(undefined);
    expect(matchingSecret(sha256(GOOD), [{ ...good, sha256: 'x' }], NOW, () => true)).to.equal(
      undefined,
    );
  });

  it('the comparison is constant-time unless a test says otherwise', () => {
    expect(matchingSecret(sha256(GOOD), [other, good], NOW)).to.equal(good);
    expect(() => matchingSecret(Buffer.alloc(31), [good], NOW)).to.throw(RangeError);
  });
});

describe('brute force', () => {
  it('over many ids from one source is braked too, within 200 attempts', async () => {
    const { agents, authenticator } = workbench();
    const codes: string[] = [];
    for (let i = 0; i < 201; i++) {
      try {
        await authenticator.authenticateAgent(secret(`a${String(i)}`, WRONG), undefined, SOURCE);
      } catch (error) {
        codes.push((error as CountersignError).code);
      }
    }
    expect(codes.slice(0, 200)).to.deep.equal(Array<string>(200).fill('invalid_client'));
    expect(codes[200]).to.equal('slow_down');
    expect(agents.reads).to.equal(201);
  });

  it('one agent with an old secret does not slow down other agents behind its address', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('neighbour', agent('neighbour'));
    for (let i = 0; i < 2000; i++) {
      await authenticator
        .authenticateAgent(secret('a', WRONG), undefined, SOURCE)
        .catch(() => undefined);
    }
    await authenticator.authenticateAgent(secret('neighbour', GOOD), undefined, SOURCE);
  });

  it('another address of one IPv6 network is one source', async () => {
    const { authenticator } = workbench();
    let last = '';
    for (let i = 0; i < 11; i++) {
      const source = from(`2001:db8:0:1::${i.toString(16)}`);
      await authenticator
        .authenticateAgent(secret('a', WRONG), undefined, source)
        .catch((error: unknown) => {
          last = (error as CountersignError).code;
        });
    }
    expect(last).to.equal('slow_down');
  });
});

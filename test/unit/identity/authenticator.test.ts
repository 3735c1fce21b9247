import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import type { AssertionVerifier } from '../../../src/identity/ports.js';
import { agent, digestOf, GOOD, OTHER, secret, server, workbench, WRONG } from './fakes.js';

const SOURCE = '192.0.2.1';

async function refusal(attempt: Promise<unknown>): Promise<CountersignError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

function assertionFor(sub: unknown): string {
  const payload = Buffer.from(JSON.stringify({ sub })).toString('base64url');
  return `eyJhbGciOiJFUzI1NiJ9.${payload}.c2ln`;
}

describe('authenticateAgent with a secret', () => {
  it('takes the right secret, from the cache, without a read', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
    const found = await authenticator.authenticateAgent(secret('a', GOOD), 'a', SOURCE);
    expect(found.spec.id).to.equal('a');
    expect(agents.reads).to.equal(1);
  });

  it('takes either of two secrets', async () => {
    const { agents, authenticator } = workbench();
    const secrets = [GOOD, OTHER].map((text, i) => ({
      id: `sec_${String(i)}`,
      sha256: digestOf(text),
      created_at_ms: 0,
    }));
    agents.stored.set('a', agent('a', { secrets }));
    for (const text of [GOOD, OTHER]) {
      await authenticator.authenticateAgent(secret('a', text), undefined, SOURCE);
    }
  });

  it('takes a quarantined agent: the pipeline answers that', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a', { status: 'quarantined' }));
    const found = await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
    expect(found.status).to.equal('quarantined');
  });

  it('takes a new secret at once though the cache has the old one', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
    agents.stored.set(
      'a',
      agent('a', { secrets: [{ id: 's', sha256: digestOf(OTHER), created_at_ms: 1 }] }),
    );
    await authenticator.authenticateAgent(secret('a', OTHER), undefined, SOURCE);
    expect(agents.reads).to.equal(2);
  });

  it('takes an agent that was enabled again though the cache has it disabled', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a', { status: 'disabled' }));
    await refusal(authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE));
    agents.stored.set('a', agent('a'));
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
  });

  it('refuses a stored digest that is no digest, even an empty one', async () => {
    const { agents, authenticator } = workbench();
    for (const sha256 of ['', 'x', digestOf(GOOD).toUpperCase()]) {
      agents.stored.set('a', agent('a', { secrets: [{ id: 's', sha256, created_at_ms: 0 }] }));
      agents.cached.clear();
      const error = await refusal(
        authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE),
      );
      expect(error.code).to.equal('invalid_client');
    }
  });

  it('lets a failing store answer 503, and does not count that as a failure of the agent', async () => {
    const down = new CountersignError('temporarily_unavailable', 'down');
    const { agents, authenticator } = workbench();
    agents.find = () => Promise.reject(down);
    for (let i = 0; i < 50; i++) {
      const error = await refusal(
        authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE),
      );
      expect(error).to.equal(down);
    }
  });
});

describe('authenticateAgentAgain', () => {
  it('reads the store and refuses a secret that was removed meanwhile', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
    agents.stored.set('a', agent('a', { secrets: [], version: 2 }));
    const again = authenticator.authenticateAgentAgain(secret('a', GOOD), undefined, SOURCE);
    expect((await refusal(again)).code).to.equal('invalid_client');
  });

  it('answers the record of now', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
    agents.stored.set('a', agent('a', { version: 2 }));
    const now = await authenticator.authenticateAgentAgain(secret('a', GOOD), undefined, SOURCE);
    expect(now.version).to.equal(2);
  });
});

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
    ['its base64url is not canonical', { ...credential('a'), assertion: 'e30.e31.c2ln' }],
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

describe('authenticateAgent on the sidecar', () => {
  const sidecar = { method: 'sidecar', clientId: 'a' } as const;

  it('takes the one agent without a secret', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a', { secrets: [] }));
    await authenticator.authenticateAgent(sidecar, undefined, SOURCE);
    const found = await authenticator.authenticateAgent(sidecar, 'a', SOURCE);
    expect(found.spec.id).to.equal('a');
  });

  it('refuses another name, an unknown, disabled or deleted agent', async () => {
    const { agents, authenticator } = workbench();
    expect((await refusal(authenticator.authenticateAgent(sidecar, 'a', SOURCE))).code).to.equal(
      'invalid_client',
    );
    agents.stored.set('a', agent('a'));
    expect((await refusal(authenticator.authenticateAgent(sidecar, 'b', SOURCE))).code).to.equal(
      'invalid_client',
    );
    for (const status of ['disabled', 'deleted'] as const) {
      agents.stored.set('a', agent('a', { status }));
      agents.cached.clear();
      expect((await refusal(authenticator.authenticateAgent(sidecar, 'a', SOURCE))).code).to.equal(
        'invalid_client',
      );
    }
  });

  it('is never braked, so a neighbour cannot lock the agent out', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    for (let i = 0; i < 300; i++) {
      await refusal(authenticator.authenticateAgent(sidecar, 'b', SOURCE));
    }
    await authenticator.authenticateAgent(sidecar, 'a', SOURCE);
  });
});

describe('authenticateResourceServer', () => {
  it('takes its secret, and a new one at once', async () => {
    const { resourceServers, authenticator } = workbench();
    resourceServers.stored.set('api', server('api'));
    await authenticator.authenticateResourceServer(secret('api', GOOD), SOURCE);
    const secrets = [{ id: 's', sha256: digestOf(OTHER), created_at_ms: 1 }];
    resourceServers.stored.set('api', server('api', { secrets }));
    const found = await authenticator.authenticateResourceServer(secret('api', OTHER), SOURCE);
    expect(found.secrets).to.equal(secrets);
  });

  it('refuses an agent, a disabled and a deleted server, and the methods of agents', async () => {
    const { agents, resourceServers, authenticator } = workbench();
    agents.stored.set('agent', agent('agent'));
    resourceServers.stored.set('off', server('off', { disabled: true }));
    resourceServers.stored.set('gone', server('gone', { deleted: true }));
    const attempts = [
      secret('agent', GOOD),
      secret('off', GOOD),
      secret('gone', GOOD),
      { method: 'sidecar', clientId: 'off' } as const,
      { method: 'private_key_jwt', clientId: 'off', assertion: assertionFor('off') } as const,
    ];
    for (const attempt of attempts) {
      const error = await refusal(authenticator.authenticateResourceServer(attempt, SOURCE));
      expect(error.code).to.equal('invalid_client');
    }
  });

  it('refuses a resource server where an agent is wanted', async () => {
    const { resourceServers, authenticator } = workbench();
    resourceServers.stored.set('api', server('api'));
    const attempt = authenticator.authenticateAgent(secret('api', GOOD), undefined, SOURCE);
    expect((await refusal(attempt)).code).to.equal('invalid_client');
  });
});

describe('braking in the authenticator', () => {
  it('answers slow_down before any hashing and any read, and lets up with time', async () => {
    const { agents, authenticator, time, work } = workbench();
    agents.stored.set('a', agent('a'));
    for (let i = 0; i < 10; i++) {
      const error = await refusal(
        authenticator.authenticateAgent(secret('a', WRONG), undefined, SOURCE),
      );
      expect(error.code).to.equal('invalid_client');
    }
    const before = { ...work, reads: agents.reads };
    const braked = await refusal(
      authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE),
    );
    expect(braked.code).to.equal('slow_down');
    expect(braked.fields.retryAfterSeconds).to.equal(6);
    expect({ ...work, reads: agents.reads }).to.deep.equal(before);
    time.ms += 6000;
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
  });

  it('does not brake the same agent from elsewhere', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    for (let i = 0; i < 20; i++) {
      await refusal(authenticator.authenticateAgent(secret('a', WRONG), undefined, SOURCE));
    }
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, '198.51.100.7');
  });

  it('never charges a success, also not one that needed a read', async () => {
    const { agents, authenticator } = workbench();
    for (let i = 0; i < 500; i++) {
      const text = `csk_${String(i)}`;
      agents.stored.set(
        'a',
        agent('a', { secrets: [{ id: 's', sha256: digestOf(text), created_at_ms: 0 }] }),
      );
      await authenticator.authenticateAgent(secret('a', text), undefined, SOURCE);
    }
  });
});

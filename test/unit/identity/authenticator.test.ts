import { expect } from 'chai';
import { CountersignError } from '../../../src/domain/errors.js';
import {
  agent,
  assertionFor,
  digestOf,
  GOOD,
  OTHER,
  refusal,
  secret,
  server,
  workbench,
  WRONG,
  from,
} from './fakes.js';

const SOURCE = from('192.0.2.1');

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
  it('reads the store and refuses a secret that was removed since', async () => {
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
  /** Fails for the agent until one more failure would be one too many. */
  async function overdraw({ authenticator }: ReturnType<typeof workbench>, id = 'a') {
    for (let i = 0; i < 10; i++) {
      const error = await refusal(
        authenticator.authenticateAgent(secret(id, WRONG), undefined, SOURCE),
      );
      expect(error.code).to.equal('invalid_client');
    }
  }

  it('answers slow_down to a failure over the budget, and lets up with time', async () => {
    const bench = workbench();
    const { agents, authenticator, time } = bench;
    agents.stored.set('a', agent('a'));
    await overdraw(bench);
    const braked = await refusal(
      authenticator.authenticateAgent(secret('a', WRONG), undefined, SOURCE),
    );
    expect(braked.code).to.equal('slow_down');
    expect(braked.detail).to.equal('Too many failed authentications.');
    expect(braked.fields.retryAfterSeconds).to.equal(12);
    time.ms += 12_000;
    const later = authenticator.authenticateAgent(secret('a', WRONG), undefined, SOURCE);
    expect((await refusal(later)).code).to.equal('invalid_client');
  });

  it('compares the secret of a source over its budget with the cached record, lane or no lane', async () => {
    const lane = { run: () => Promise.reject(new Error('no place in the lane')) };
    const bench = workbench({ lane });
    const { agents, authenticator } = bench;
    agents.stored.set('a', agent('a'));
    await agents.find('a');
    await overdraw(bench);
    agents.reads = 0;
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, SOURCE);
    expect(agents.reads).to.equal(0);
  });

  it('takes a new secret, an agent that was not read yet and a resource server of such a source', async () => {
    const bench = workbench();
    const { agents, resourceServers, authenticator } = bench;
    agents.stored.set('a', agent('a'));
    agents.stored.set('unread', agent('unread'));
    resourceServers.stored.set('a', server('a'));
    await overdraw(bench);
    await overdraw(bench, 'unread');
    agents.cached.clear();
    await authenticator.authenticateAgent(secret('unread', GOOD), undefined, SOURCE);
    await agents.find('a');
    const secrets = [{ id: 's', sha256: digestOf(OTHER), created_at_ms: 1 }];
    agents.stored.set('a', agent('a', { secrets }));
    await authenticator.authenticateAgent(secret('a', OTHER), undefined, SOURCE);
    await authenticator.authenticateResourceServer(secret('a', GOOD), SOURCE);
  });

  it('refuses in such a source what it refuses in every other', async () => {
    const bench = workbench();
    const { agents, authenticator } = bench;
    for (const id of ['a', 'off', 'gone']) agents.stored.set(id, agent(id));
    for (const id of ['a', 'off', 'gone']) await overdraw(bench, id);
    agents.stored.set('off', agent('off', { status: 'disabled' }));
    agents.stored.set('gone', agent('gone', { status: 'deleted' }));
    agents.cached.clear();
    const attempts: [string, string, string | undefined][] = [
      ['a', WRONG, undefined],
      ['a', 'hunter2', undefined],
      ['a', GOOD, 'another'],
      ['off', GOOD, undefined],
      ['gone', GOOD, undefined],
    ];
    for (const [id, text, alias] of attempts) {
      const attempt = authenticator.authenticateAgent(secret(id, text), alias, SOURCE);
      expect((await refusal(attempt)).code, `${id} ${text}`).to.equal('slow_down');
    }
  });

  it('does not charge a request without a place in the lane', async () => {
    const busy = new CountersignError('slow_down', 'busy');
    const lane = { run: () => Promise.reject(busy) };
    let charged = 0;
    const failures = { waitSeconds: () => 6, charge: () => charged++ };
    const { authenticator } = workbench({ lane, failures });
    const attempt = authenticator.authenticateAgent(secret('a', WRONG), undefined, SOURCE);
    expect(await refusal(attempt)).to.equal(busy);
    expect(charged).to.equal(0);
  });

  it('does not limit that agent from elsewhere', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    for (let i = 0; i < 20; i++) {
      await refusal(authenticator.authenticateAgent(secret('a', WRONG), undefined, SOURCE));
    }
    await authenticator.authenticateAgent(secret('a', GOOD), undefined, from('198.51.100.7'));
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

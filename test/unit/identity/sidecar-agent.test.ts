import { expect } from 'chai';
import { agent, from, GOOD, OTHER, refusal, secret, workbench } from './fakes.js';

const SOURCE = from('192.0.2.1');

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

  it('names agent_id to a caller of the sidecar only', async () => {
    const { agents, authenticator } = workbench();
    agents.stored.set('a', agent('a'));
    const local = await refusal(authenticator.authenticateAgent(sidecar, 'b', SOURCE));
    expect(local.detail).to.equal('agent_id is not the agent of this listener.');
    expect(local.fields.hint).to.contain('listeners.sidecar.agent_id');
    const remote = await refusal(authenticator.authenticateAgent(secret('a', GOOD), 'b', SOURCE));
    const wrong = await refusal(authenticator.authenticateAgent(secret('a', OTHER), 'a', SOURCE));
    expect(remote.detail).to.equal(wrong.detail).and.not.contain('agent_id');
    expect(remote.fields).to.deep.equal(wrong.fields).and.not.have.property('hint');
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

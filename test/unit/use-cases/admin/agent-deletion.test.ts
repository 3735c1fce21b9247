import { expect } from 'chai';
import type { CountersignError } from '../../../../src/domain/errors.js';
import type { AgentRecord } from '../../../../src/domain/records.js';
import { createAgentOperations } from '../../../../src/use-cases/admin/agents.js';
import { restorationEdit } from '../../../../src/use-cases/admin/agent-deletion.js';
import { memoryAgentStore, UNUSED_SECRETS } from '../../../support/memory-agent-store.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'admin' } } as const;
const SECRET = { id: 'sec_new', sha256: 'cd'.repeat(32), created_at_ms: 2 };

function subject() {
  const store = memoryAgentStore();
  const agents = createAgentOperations({
    store,
    mintSecret: () => ({ secret: 'csk_shown', sha256: 'ab'.repeat(32) }),
    check: () => [],
    clock: { nowMs: () => 1_000 },
    shards: 1,
    secretUses: UNUSED_SECRETS,
  });
  return { store, agents };
}

async function deletedAs(status: 'active' | 'disabled' | 'quarantined') {
  const { store, agents } = subject();
  await agents.create({ id: 'a' }, CONTEXT);
  await agents.setStatus('a', status, 'test', CONTEXT);
  await agents.remove('a', CONTEXT);
  return { store, agents };
}

describe('a deleted agent', () => {
  for (const status of ['active', 'disabled', 'quarantined'] as const) {
    it(`returns to its status, ${status}, with one new secret and no token`, async () => {
      const { store, agents } = await deletedAs(status);
      const { agent } = await agents.restore('a', 'by mistake', CONTEXT);
      expect(agent.status).to.equal(status);
      expect(agent).not.to.have.property('status_before');
      expect('quarantine' in agent).to.equal(status === 'quarantined');
      expect(agent.secrets).to.have.length(1);
      expect(store.events.at(-1)).to.deep.include({ type: 'agent.restored', agent_id: 'a' });
      expect(store.events.at(-1)?.detail).to.include({ status, reason: 'by mistake' });
      expect(store.options.at(-1)?.cutUnder).to.match(/^rev_/);
      expect(store.options.at(-1)?.signals).to.equal('forgotten');
    });
  }

  it('returns with a secret that expires, where a lifetime is given', async () => {
    const { agents } = await deletedAs('active');
    const { agent } = await agents.restore('a', 'r', CONTEXT, { secretTtlSeconds: 60 });
    expect(agent.secrets.map((one) => (one.expires_at_ms ?? 0) - one.created_at_ms)).to.deep.equal([
      60_000,
    ]);
  });

  it('returns to its status, or a stricter one, from the record of an earlier build', () => {
    const record = { spec: { id: 'a' }, status: 'deleted', secrets: [] } as unknown as AgentRecord;
    expect(restorationEdit(record, SECRET, 'r').agent.status).to.equal('disabled');
    const quarantine = { since_ms: 1, reason: 'r', by: CONTEXT.principal };
    const suspect = { ...record, quarantine };
    expect(restorationEdit(suspect, SECRET, 'r').agent.status).to.equal('quarantined');
  });

  it('needs the flag to give its id to a new agent, which inherits nothing', async () => {
    const { store, agents } = await deletedAs('quarantined');
    const refused = await agents.create({ id: 'a' }, CONTEXT).catch((error: unknown) => error);
    expect((refused as CountersignError).code).to.equal('conflict');
    expect((refused as CountersignError).detail).to.include('deleted');
    const { agent } = await agents.create({ id: 'a' }, CONTEXT, { reuseDeleted: true });
    expect(agent).not.to.have.any.keys('quarantine', 'status_before');
    expect(agent.status).to.equal('active');
    expect(store.events.at(-1)?.detail).to.include({ reused_deleted: true });
    expect(store.options.at(-1)?.cutUnder).to.match(/^rev_/);
  });

  it('is not made by the flag from a living one', async () => {
    const { agents } = subject();
    await agents.create({ id: 'a' }, CONTEXT);
    const again = agents.create({ id: 'a' }, CONTEXT, { reuseDeleted: true });
    const refused = (await again.catch((error: unknown) => error)) as CountersignError;
    expect(refused.code).to.equal('conflict');
  });
});

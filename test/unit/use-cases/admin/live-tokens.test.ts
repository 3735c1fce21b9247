import { expect } from 'chai';
import type { AgentSpec } from '../../../../src/domain/records.js';
import type { CatalogueStore } from '../../../../src/domain/registry-ports.js';
import { applyRegistry } from '../../../../src/use-cases/admin/apply-registry.js';
import { createAgentOperations } from '../../../../src/use-cases/admin/agents.js';
import { memoryAgentStore, UNUSED_SECRETS } from '../../../support/memory-agent-store.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'admin' } } as const;
const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

async function subject() {
  const store = memoryAgentStore();
  const agents = createAgentOperations({
    store,
    mintSecret: () => ({ secret: 'csk_shown', sha256: 'ab'.repeat(32) }),
    check: () => [],
    clock: { nowMs: () => 1_000 },
    shards: 1,
    secretUses: UNUSED_SECRETS,
  });
  const { secret } = await agents.create({ id: 'a', grants: GRANTS }, CONTEXT);
  return { store, agents, secretId: secret.id };
}

describe('the live tokens of an agent', () => {
  for (const [keepTokens, done] of [
    [undefined, 'cut'],
    [false, 'cut'],
    [true, 'kept'],
  ] as const) {
    const options = keepTokens === undefined ? {} : { keepTokens };

    it(`are ${done} with the only secret: keepTokens ${String(keepTokens)}`, async () => {
      const { store, agents, secretId } = await subject();
      expect(await agents.removeSecret('a', secretId, CONTEXT, options)).to.equal(done);
      expect(store.events.at(-1)?.detail).to.deep.equal({ secret_id: secretId, live_tokens: done });
      expect('cutUnder' in (store.options.at(-1) ?? {})).to.equal(done === 'cut');
    });

    it(`are ${done} with the last grant: keepTokens ${String(keepTokens)}`, async () => {
      const { store, agents } = await subject();
      const { liveTokens } = await agents.update('a', { id: 'a' }, 1, CONTEXT, options);
      expect(liveTokens).to.equal(done);
      expect(store.events.at(-1)?.detail).to.deep.equal({ live_tokens: done });
      expect('cutUnder' in (store.options.at(-1) ?? {})).to.equal(done === 'cut');
    });
  }

  const KEYS = { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] };
  it('are cut with the last role, though there are no grants', async () => {
    const { agents } = await subject();
    await agents.create({ id: 'r', roles: ['reader'] }, CONTEXT);
    expect((await agents.update('r', { id: 'r' }, 1, CONTEXT)).liveTokens).to.equal('cut');
  });

  it('are cut with the last key of an agent that has no secret', async () => {
    const { agents } = await subject();
    const spec = { id: 'k', grants: GRANTS };
    const { secret } = await agents.create({ ...spec, jwks: KEYS }, CONTEXT);
    const kept = await agents.update('k', spec, 1, CONTEXT);
    expect(kept, 'a secret is left').not.to.have.property('liveTokens');
    await agents.update('k', { ...spec, jwks: KEYS }, 2, CONTEXT);
    await agents.removeSecret('k', secret.id, CONTEXT);
    expect((await agents.update('k', spec, 4, CONTEXT)).liveTokens).to.equal('cut');
  });

  it('are cut by a configuration file, too', async () => {
    const store = memoryAgentStore();
    const warnings: string[] = [];
    const apply = (revision: number, agent: AgentSpec) =>
      applyRegistry(
        {
          agents: store,
          catalogue: {} as CatalogueStore,
          readRevision: () => Promise.resolve(''),
          writeRevision: () => Promise.resolve(),
          clock: { nowMs: () => 1_000 },
          warn: (message) => warnings.push(message),
        },
        { revision, resources: [], resource_servers: [], agents: [agent] },
      );
    await apply(1, { id: 'a', grants: GRANTS, roles: ['reader'] });
    await apply(2, { id: 'a', grants: GRANTS });
    expect(store.events.at(-1)?.detail).to.deep.equal({ live_tokens: 'cut' });
    expect(store.options.at(-1)).to.have.property('cutUnder');
    expect(warnings.join()).to.match(/^the live tokens of agent a are revoked/);
    await apply(3, { id: 'a', grants: [...GRANTS, { resource: 'vault', scopes: ['x'] }] });
    expect(store.options.at(-1)).not.to.have.property('cutUnder');
  });

  it('are cut with the only secret that has not expired', async () => {
    const { agents, secretId } = await subject();
    await agents.createSecret('a', CONTEXT, { secretTtlSeconds: 0 });
    expect(await agents.removeSecret('a', secretId, CONTEXT)).to.equal('cut');
  });

  it('are not concerned by a change that leaves a grant or a secret', async () => {
    const { store, agents, secretId } = await subject();
    await agents.createSecret('a', CONTEXT);
    expect(await agents.removeSecret('a', secretId, CONTEXT)).to.equal(undefined);
    const changed = await agents.update('a', { id: 'a', grants: GRANTS }, 3, CONTEXT);
    expect(changed).not.to.have.property('liveTokens');
    expect(store.options.every((given) => !('cutUnder' in given))).to.equal(true);
  });
});

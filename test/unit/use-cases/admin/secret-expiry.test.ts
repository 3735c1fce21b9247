import { expect } from 'chai';
import { createAgentOperations } from '../../../../src/use-cases/admin/agents.js';
import { formatAge, formatExpiry, formatFirstExpiry } from '../../../../src/cli/secret-expiry.js';
import { memoryAgentStore, UNUSED_SECRETS } from '../../../support/memory-agent-store.js';

const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'admin' } } as const;
const DAY = 86_400_000;

function subject() {
  const time = { ms: 1_000 };
  const agents = createAgentOperations({
    store: memoryAgentStore(),
    mintSecret: () => ({ secret: 'csk_shown', sha256: 'ab'.repeat(32) }),
    check: () => [],
    clock: { nowMs: () => time.ms },
    shards: 1,
    secretUses: UNUSED_SECRETS,
  });
  return { agents, time };
}

describe('the expiry of a secret', () => {
  it('is its creation and the lifetime, shown with the secret and in the list', async () => {
    const { agents } = subject();
    const { secret } = await agents.create({ id: 'a' }, CONTEXT, { secretTtlSeconds: 60 });
    expect(secret.expires_at_ms).to.equal(61_000);
    const added = await agents.createSecret('a', CONTEXT);
    expect(added).not.to.have.property('expires_at_ms');
    const listed = await agents.listSecrets('a');
    expect(listed.map(({ expires_at_ms: end }) => end)).to.deep.equal([61_000, undefined]);
  });

  it('frees its place of two for a new secret', async () => {
    const { agents, time } = subject();
    const { secret } = await agents.create({ id: 'a' }, CONTEXT, { secretTtlSeconds: 60 });
    const second = await agents.createSecret('a', CONTEXT);
    const refused = await agents.createSecret('a', CONTEXT).catch((error: unknown) => error);
    expect(refused).to.have.property('code', 'conflict');
    time.ms = secret.expires_at_ms ?? 0;
    const third = await agents.createSecret('a', CONTEXT);
    const ids = (await agents.listSecrets('a')).map(({ id }) => id);
    expect(ids).to.deep.equal([second.id, third.id]);
  });

  it('is named in lists when it is near or past', () => {
    expect(formatExpiry(undefined, 0)).to.equal('');
    expect(formatExpiry(15 * DAY, 0)).to.equal('');
    expect(formatExpiry(14 * DAY, 0)).to.equal('expires in 14 d');
    expect(formatExpiry(3_600_000, 0)).to.equal('expires in 60 min');
    expect(formatExpiry(5, 5)).to.equal('expired');
    expect(formatFirstExpiry([undefined, 30 * DAY, 2 * DAY], 0)).to.equal('expires in 2 d');
    expect(formatFirstExpiry([undefined], 0)).to.equal('');
    expect(formatAge(0, 3 * 3_600_000)).to.equal('3 h');
  });
});

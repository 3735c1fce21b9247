import { expect } from 'chai';
import { join } from 'node:path';
import { exportStreams } from '../../../src/audit/exporter.js';
import { openAuditStore } from '../../../src/audit/store.js';
import { newDecisionId } from '../../../src/domain/ids.js';
import { MINUTE_MS } from '../../../src/domain/refusal.js';
import { shardOfAgent } from '../../../src/domain/shard.js';
import { createAuditStreams } from '../../../src/redis/stores/audit-streams.js';
import {
  createOpenRefusalReader,
  createRefusalCloser,
  createRefusalCounter,
} from '../../../src/redis/stores/refusal-store.js';
import { openTestStore } from '../../support/store.js';
import { useRedis } from '../../support/use-store.js';
import { scratchFolder } from '../../unit/audit/fakes.js';

const START_MS = 4_000_000_000_000;

describe('the look-up of a counted refusal', function () {
  this.timeout(60_000);
  const scratch = scratchFolder();
  const redis = useRedis();
  after(() => {
    scratch.remove();
  });

  it('finds the count of the minute after its decision', async () => {
    const store = await openTestStore(redis);
    await store.client.del(store.context.keys.auditOwner);
    const audit = openAuditStore(join(scratch.folder, 'audit.db'));
    const shard = shardOfAgent('a', store.context.shards);
    const opensMs = Math.ceil(START_MS / MINUTE_MS) * MINUTE_MS;
    await store.setTick(shard, opensMs);
    await createRefusalCounter(store.context).count('a', 'agent', {
      ...{ type: 'access.rate_limited', principal: { kind: 'agent', id: 'a' } },
      ...{ agent_id: 'a', effect: 'deny' },
    });
    const open = createOpenRefusalReader(store.context);
    expect(await open.ofDecision(shard, opensMs - 9_000)).to.have.length(1);
    expect(await open.ofDecision(shard, opensMs - 11_000)).to.deep.equal([]);
    await store.setTick(shard, opensMs + MINUTE_MS);
    await createRefusalCloser(store.context).closeShard(shard, 5);
    await exportStreams(createAuditStreams(store.context), audit, [], { batch: 7 });
    const found = [-9_000, -11_000].map((ms) => {
      const decisionId = newDecisionId(shard, opensMs + ms);
      return audit.query({ decisionId, cursor: undefined, limit: 5, order: 'asc' }).items.length;
    });
    expect(found).to.deep.equal([1, 0]);
    audit.close();
    store.close();
  });
});

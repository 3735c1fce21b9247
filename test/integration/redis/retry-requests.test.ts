import { expect } from 'chai';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { createAuditStreams } from '../../../src/redis/stores/audit-streams.js';
import { createRetryRequests } from '../../../src/redis/stores/retry-requests.js';
import { useRedis, useStore } from '../../support/use-store.js';

const EVENT: AuditEvent = {
  type: 'delivery.retry_requested',
  principal: { kind: 'admin', id: 'ann' },
};

describe('requests to retry a delivery', function () {
  this.timeout(60_000);
  const redis = useRedis();
  const store = useStore(redis);

  const recorded = async (): Promise<readonly string[]> =>
    (await createAuditStreams(store.context).read('control', '0-0', 100)).flatMap(({ events }) =>
      events.map(({ type }) => type),
    );

  it('are kept with their event, until they are carried out', async () => {
    const requests = createRetryRequests(store.context);
    expect(await requests.add('dlv_1', EVENT)).to.equal(true);
    expect(await recorded()).to.deep.equal(['delivery.retry_requested']);
    const [request] = await requests.list();
    expect(request).to.include({ deliveryId: 'dlv_1' });
    await requests.remove(request!);
    await requests.remove(request!);
    expect(await requests.list()).to.deep.equal([]);
  });

  it('that came again while they were carried out stay', async () => {
    const requests = createRetryRequests(store.context);
    await requests.add('dlv_1', EVENT);
    const [first] = await requests.list();
    await requests.add('dlv_1', EVENT);
    await requests.remove(first!);
    expect(await requests.list()).to.have.length(1);
    expect(await recorded()).to.have.length(2);
  });

  it('are bounded in number and in time, and one too many leaves no event', async () => {
    const requests = createRetryRequests(store.context, 2);
    for (const id of ['dlv_1', 'dlv_2', 'dlv_1']) {
      expect(await requests.add(id, EVENT)).to.equal(true);
    }
    expect(await requests.add('dlv_3', EVENT)).to.equal(false);
    expect(await requests.list()).to.have.length(2);
    expect(await recorded()).to.have.length(3);
    const { client } = store.context.runner;
    expect(await client.pttl(store.context.keys.retryRequests)).to.be.greaterThan(0);
  });
});

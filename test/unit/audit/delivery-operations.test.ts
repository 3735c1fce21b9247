import { expect } from 'chai';
import { createDeliveryOperations } from '../../../src/audit/delivery-operations.js';
import type { Delivery } from '../../../src/domain/audit-query.js';
import { FakeRetries, inTurn } from './fakes.js';

const CONTEXT = { principal: { kind: 'admin', id: 'ann' }, requestId: 'req_retry' } as const;

function delivery(state: Delivery['state']): Delivery {
  const place = { id: 'dlv_1', event_id: '0/e1/1', endpoint: 'soc' };
  return { ...place, state, attempts: 8, updated_at_ms: 1 };
}

describe('a retry of a delivery', () => {
  const retry = (found: Delivery | undefined, requests = new FakeRetries()): Promise<unknown> => {
    const reader = {
      listDeliveries: () => ({ items: [], nextCursor: undefined }),
      delivery: () => found,
    };
    return createDeliveryOperations(inTurn(reader), requests)
      .retry('dlv_1', CONTEXT)
      .catch((error: unknown) => error);
  };

  it('of an irrevocable delivery is stored for the worker, with the principal', async () => {
    const requests = new FakeRetries();
    expect(await retry(delivery('irrevocable'), requests)).to.equal(undefined);
    expect([...requests.waiting.keys()]).to.deep.equal(['dlv_1']);
    expect(requests.events).to.deep.equal([
      {
        type: 'delivery.retry_requested',
        request_id: 'req_retry',
        principal: CONTEXT.principal,
        detail: { delivery_id: 'dlv_1', event_id: '0/e1/1', endpoint: 'soc' },
      },
    ]);
  });

  it('of a pending, delivered or unknown delivery is refused', async () => {
    const requests = new FakeRetries();
    expect(await retry(delivery('pending'), requests)).to.equal(undefined);
    expect(await retry(delivery('delivered'), requests)).to.have.property('code', 'conflict');
    expect(await retry(undefined, requests)).to.have.property('code', 'not_found');
    expect(requests.events).to.deep.equal([]);
  });

  it('is refused when too many wait, and when the store cannot be read', async () => {
    const full = await retry(delivery('irrevocable'), new FakeRetries(0));
    expect(full).to.have.property('code', 'temporarily_unavailable');
    const broken = { listDeliveries: fails, delivery: fails };
    const failure = await createDeliveryOperations(inTurn(broken), new FakeRetries())
      .retry('dlv_1', CONTEXT)
      .catch((error: unknown) => error);
    expect(failure).to.have.property('code', 'temporarily_unavailable');
  });
});

function fails(): never {
  throw new Error('disk gone');
}

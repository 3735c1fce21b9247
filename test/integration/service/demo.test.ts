import { expect } from 'chai';
import { useService } from '../../support/use-service.js';

describe('the demo', function () {
  this.timeout(120_000);
  const { service } = useService(() => ({ agents: [] }));

  it('answers a person who asks again and again, without a 429', async () => {
    const statuses = new Set<number>();
    for (let i = 0; i < 120; i++) {
      const scope = i % 2 === 0 ? 'read_invoices' : 'read_customers';
      const answer = await service.http.send('POST', '/token', {
        basic: service.agent,
        json: { resource: 'stripe', scope, ttl: 300 },
      });
      statuses.add(answer.status);
    }
    expect([...statuses]).to.deep.equal([200]);
  });
});

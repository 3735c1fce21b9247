import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { useService } from '../../support/use-service.js';

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
/** The documents that the tour sends to the sidecar. */
const TOUR = [...README.matchAll(/\bask '(\{[^']+\})'/g)].map(([, document = '']) => document);

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

  it('answers the requests of the tour ten times over, without a 429', async () => {
    expect(TOUR.length).to.be.at.least(8);
    const statuses = new Set<number>();
    for (let round = 0; round < 10; round++) {
      for (const body of TOUR) {
        const headers = { 'content-type': 'application/json' };
        statuses.add((await service.http.sidecar('POST', '/token', { body, headers })).status);
      }
    }
    expect([...statuses])
      .to.include.members([200, 403])
      .and.not.include(429);
  });
});

import { expect } from 'chai';
import { useFakeService } from '../../support/http-listeners.js';

const PATH = '/admin/v1/audit';

describe('GET /admin/v1/audit', () => {
  const service = useFakeService();
  const queryOf = async (query: string): Promise<unknown> => {
    const answer = await service().client.admin('GET', `${PATH}?${query}`);
    expect(answer.status).to.equal(200);
    expect(answer.json()['complete']).to.equal(true);
    return service().operations.last('audit.query').arguments[0];
  };

  it('200: newest first and 100 items by default', async () => {
    expect(await queryOf('')).to.deep.equal({ order: 'desc', limit: 100, cursor: undefined });
  });

  it('200: every filter', async () => {
    const query =
      'agent=a&session=s&task=t&user=u%40x&decision=d&grant=g&jti=j&type=access.granted' +
      '&since=1700000000000&until=2026-01-02T03:04:05.678Z&order=asc&limit=7&cursor=c';
    expect(await queryOf(query)).to.deep.equal({
      ...{ agentId: 'a', sessionId: 's', taskId: 't', userId: 'u@x', decisionId: 'd' },
      ...{ grantId: 'g', jti: 'j', type: 'access.granted', sinceMs: 1_700_000_000_000 },
      untilMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      ...{ order: 'asc', limit: 7, cursor: 'c' },
    });
  });

  it('200: an empty filter is no filter', async () => {
    expect(await queryOf('agent=&since=')).to.not.have.any.keys('agentId', 'sinceMs');
  });

  for (const query of [
    'type=nope',
    'order=up',
    'since=yesterday',
    'since=2026-02-30T00:00:00Z',
    'until=-1',
    'agent=a&agent=b',
    'agent_id=a',
    'agent=%ff',
  ]) {
    it(`400: ?${query}`, async () => {
      const answer = await service().client.admin('GET', `${PATH}?${query}`);
      expect(answer.status).to.equal(400);
      expect(service().operations.seen).to.deep.equal([]);
    });
  }
});

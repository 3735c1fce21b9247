import { expect } from 'chai';
import { shardOfAgent } from '../../../src/domain/shard.js';
import { clockInHand } from '../../support/edited-scripts.js';
import { until } from '../../support/episode.js';
import { useService } from '../../support/use-service.js';
import { registerAgent } from '../../http/table/table-service.js';

const SHARDS = 64;
const REFUSALS = 200;
/** All that a request may bring: 60 scopes of 200 characters, a reason of 1,024, ids of 256. */
const WIDE = {
  resource: 'stripe',
  scope: Array.from(
    { length: 60 },
    (_, i) => `s${String(i)}:${'x'.repeat(120)}:${'y'.repeat(70)}`,
  ).join(' '),
  reason: 'r'.repeat(1024),
  session_id: 's'.repeat(256),
  task_id: 't'.repeat(256),
  user_id: 'u'.repeat(256),
};
/** What the event of one agent, bucket and minute may take. */
const EVENT_BYTES = 4096;

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];

describe('a flood of refused requests is counted by the minute', function () {
  this.timeout(120_000);
  const { service, client } = useService(() => ({ worker: true, editScript: clockInHand }));

  const shardKey = (agent: string, name: string): string =>
    `cs:{s${String(shardOfAgent(agent, SHARDS))}}:${name}`;
  const tickOf = async (agent: string) =>
    Number(await client.hget(shardKey(agent, 'meta'), 'tick'));
  const minuteOf = async (agent: string) => Math.floor((await tickOf(agent)) / 60_000);
  /** Moves the clock of the agent's shard into the next minute. */
  const nextMinute = async (agent: string): Promise<void> => {
    const tick = String(((await minuteOf(agent)) + 1) * 60_000);
    await client.hset(shardKey(agent, 'meta'), 'tick', tick);
  };
  const audit = async (query: string): Promise<Record<string, unknown>[]> => {
    const answer = await service.http.admin('GET', `/admin/v1/audit?limit=500&${query}`);
    expect(answer.status, answer.text).to.equal(200);
    return (answer.json() as { items: Record<string, unknown>[] }).items;
  };

  /** Sends the requests and answers the decision ids; all of them must be refused. */
  async function flood(agent: readonly [string, string], status: number): Promise<string[]> {
    const ids: string[] = [];
    for (let i = 0; i < REFUSALS; i++) {
      const answer = await service.http.send('POST', '/token', { basic: agent, json: WIDE });
      expect(answer.status, answer.text).to.equal(status);
      ids.push(String(answer.json()['decision_id']));
    }
    return ids;
  }

  for (const [id, status, type, bucket] of [
    ['limited', 429, 'access.rate_limited', 'agent'],
    ['stopped', 403, 'access.denied', 'quarantine'],
  ] as const) {
    it(`${bucket}: bounded in the stream and in the store, and each answer's id finds its count`, async () => {
      const burst = status === 429 ? 1 : 1_000_000;
      const rate = { per_minute: burst, burst, resource_per_minute: burst, resource_burst: burst };
      const agent = await registerAgent(service.http, { id, grants: GRANTS, rate });
      if (status === 429) await service.http.send('POST', '/token', { basic: agent, json: WIDE });
      else {
        const json = { status: 'quarantined', reason: 'test' };
        await service.http.admin('POST', `/admin/v1/agents/${id}/status`, { json });
      }
      await nextMinute(id);
      const first = await minuteOf(id);
      const ids = await flood(agent, status);
      const minutes = (await minuteOf(id)) - first + 1;
      const inRedis = await Promise.all(
        ['audit', 'refusals', 'refusal-minutes'].map((name) =>
          client.memory('USAGE', shardKey(id, name)),
        ),
      );
      await nextMinute(id);
      let items: Record<string, unknown>[] = [];
      await until('all of them are in the store', async () => {
        items = (await audit(`agent=${id}&type=${type}`)).filter(({ effect }) => effect === 'deny');
        const counted = items.filter(({ codes }) => String(codes) !== 'no_grant');
        return counted.reduce((sum, { count }) => sum + Number(count ?? 1), 0) >= REFUSALS;
      });
      const bytes = items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
      expect(bytes, 'bytes in the store').to.be.below(EVENT_BYTES * minutes);
      const held = inRedis.reduce<number>((sum, size) => sum + (size ?? 0), 0);
      expect(held, 'bytes in Redis').to.be.below(2 * EVENT_BYTES * minutes);

      expect(items).to.have.lengthOf.at.most(minutes);
      expect(items.reduce((sum, { count }) => sum + Number(count), 0)).to.equal(REFUSALS);
      for (const item of items) {
        expect(item).to.deep.include({ bucket, agent_id: id });
        expect(item['cut']).to.include.members(['scopes_requested', 'session_id']);
      }
      expect(new Set(ids).size, 'each answer has an id of its own').to.equal(REFUSALS);
      for (const one of [ids[0], ids[1], ids.at(-1)]) {
        const [found, ...more] = await audit(`decision=${String(one)}`);
        expect(more).to.deep.equal([]);
        expect(items.map(({ event_id: name }) => name)).to.include(found?.['event_id']);
      }
    });
  }
});

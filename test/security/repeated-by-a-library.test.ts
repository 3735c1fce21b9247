import { expect } from 'chai';
import { Redis } from 'ioredis';
import type { AgentSpec } from '../../src/domain/records.js';
import { question } from '../http/authzen/questions.js';
import { tokenAsk } from '../http/table/asks.js';
import { type Client, registerAgent, useTableService } from '../http/table/table-service.js';
import { VAULT } from '../support/honesty.js';

type By = 'basic' | 'post' | 'question';

describe('a denied request that a client library repeats by the other method', function () {
  this.timeout(60_000);
  const table = useTableService(() => ({ resources: [VAULT] }));
  let agents = 0;

  const newAgent = (rate?: NonNullable<AgentSpec['rate']>): Promise<Client> =>
    registerAgent(table().service.http, {
      id: `probing-${String(agents++)}`,
      grants: [],
      ...(rate === undefined ? {} : { rate }),
    });

  function send([id, secret]: Client, by: By, trap: number, userAgent = 'lib') {
    const { http } = table().service;
    const headers = { 'user-agent': userAgent };
    const scope = `bait_${String(trap)}`;
    if (by === 'question') {
      const json = question({ agent: id, scope, resource: 'vault' });
      return http.send('POST', '/access/v1/evaluation', { basic: [id, secret], json, headers });
    }
    const wanted = { resource: 'vault', scope };
    const body = { ...wanted, client_id: id, client_secret: secret };
    const ask = by === 'basic' ? tokenAsk('form', [id, secret], wanted) : undefined;
    return http.send('POST', '/token', { ...(ask ?? tokenAsk('form', undefined, body)), headers });
  }

  /** Honey scopes and denials that the agent's score counts. */
  async function counted([id]: Client): Promise<unknown[]> {
    const path = `/admin/v1/agents/${id}/signals`;
    const { profile } = (await table().service.http.admin('GET', path)).json() as {
      profile: { terms: { name: string; value: number }[] };
    };
    const of = (name: string) => profile.terms.find((term) => term.name === name)?.value;
    return [of('honey_60m'), of('denials_60m')];
  }

  for (const [what, steps, times] of [
    ['once: basic, then post', ['basic', 'post'], 1],
    ['once: post, then basic', ['post', 'basic'], 1],
    ['once: a question, then both methods', ['question', 'basic', 'post'], 1],
    ['twice: one method twice', ['basic', 'basic'], 2],
    ['twice: a question twice', ['question', 'question'], 2],
    ['twice: a third request', ['basic', 'post', 'basic'], 2],
  ] as const) {
    it(`counts ${what}`, async () => {
      const client = await newAgent();
      for (const by of steps) await send(client, by, 1);
      expect(await counted(client)).to.deep.equal([times, times]);
    });
  }

  it('counts twice for another scope, and for another client', async () => {
    const [scopes, clients] = [await newAgent(), await newAgent()];
    await send(scopes, 'basic', 1);
    await send(scopes, 'post', 2);
    await send(clients, 'basic', 1, 'one');
    await send(clients, 'post', 1, 'another');
    expect(await counted(scopes)).to.deep.equal([2, 2]);
    expect(await counted(clients)).to.deep.equal([2, 2]);
  });

  it('is charged twice', async () => {
    const rate = { per_minute: 1, burst: 10, resource_per_minute: 1, resource_burst: 10 };
    const client = await newAgent(rate);
    const statuses = [];
    for (const by of ['basic', 'post', 'basic'] as const) {
      statuses.push((await send(client, by, 1)).status);
    }
    expect(statuses).to.deep.equal([400, 400, 429]);
  });

  it('is no repetition of a request that had no budget: its denial was not counted', async () => {
    const rate = { per_minute: 1, burst: 5, resource_per_minute: 1, resource_burst: 5 };
    const client = await newAgent(rate);
    const redis = new Redis({ path: table().redis.socket });
    try {
      expect((await send(client, 'basic', 1)).status).to.equal(400);
      await redis.del(...(await redis.keys(`*:last-request:${client[0]}`)));
      expect((await send(client, 'basic', 1)).status).to.equal(429);
      expect(await redis.keys(`*:last-request:${client[0]}`)).to.deep.equal([]);
    } finally {
      redis.disconnect();
    }
  });

  it('is remembered for two seconds at most, from the first request on', async () => {
    const client = await newAgent();
    const redis = new Redis({ path: table().redis.socket });
    try {
      await send(client, 'basic', 1);
      const [key = ''] = await redis.keys(`*:last-request:${client[0]}`);
      await redis.pexpire(key, 1_000_000);
      await send(client, 'post', 1);
      // The repetition keeps the expiry, and only a counted request sets it.
      expect(await redis.pttl(key)).to.be.greaterThan(2000);
      await send(client, 'post', 1);
      expect(await redis.pttl(key)).to.be.at.most(2000);
    } finally {
      redis.disconnect();
    }
  });
});

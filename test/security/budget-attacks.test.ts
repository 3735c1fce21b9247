import { expect } from 'chai';
import { Redis } from 'ioredis';
import { tokenAsk, type Wanted } from '../http/table/asks.js';
import { registerAgent, useTableService, type Client } from '../http/table/table-service.js';

const GRANTS = [{ resource: 'stripe', scopes: ['read_invoices'] }];
const RATE = { per_minute: 1, burst: 8, resource_per_minute: 60, resource_burst: 60 };

describe('attacks on budgets', () => {
  const table = useTableService(() => ({
    env: {
      COUNTERSIGN_LIMITS_OWNER_PER_MINUTE: '60',
      COUNTERSIGN_LIMITS_OWNER_BURST: '1000',
    },
  }));
  let client: Client;
  let victim: Client;
  before(async () => {
    const { http } = table().service;
    client = await registerAgent(http, { id: 'attacker', grants: GRANTS, rate: RATE, owner: 'x' });
    victim = await registerAgent(http, { id: 'victim', grants: GRANTS, rate: RATE, owner: 'y' });
  });

  const ask = (wanted: Wanted, as: Client | undefined = client) =>
    table().service.http.send('POST', '/token', tokenAsk('json', as, wanted));

  /** The keys there are, without the streams. */
  async function keys(): Promise<readonly string[]> {
    const redis = new Redis({ path: table().redis.socket });
    try {
      return (await redis.keys('*')).filter((key) => !key.endsWith(':audit')).sort();
    } finally {
      redis.disconnect();
    }
  }

  it('unregistered resources and unlimited ids create no key', async () => {
    await ask({});
    const before = await keys();
    const giant = 'x'.repeat(30_000);
    const statuses = [];
    for (let i = 0; i < 20; i++) {
      const n = String(i);
      statuses.push((await ask({ resource: `resource-${n}` })).status);
      statuses.push((await ask({}, [`agent-${n}`, client[1]])).status);
    }
    statuses.push((await ask({ resource: giant })).status);
    statuses.push((await ask({ scope: giant })).status);
    statuses.push((await ask({ session_id: giant })).status);
    statuses.push((await ask({ client_id: giant, client_secret: client[1] }, undefined)).status);
    expect(new Set(statuses)).to.not.include(200);
    // Failed authentications of this one source are counted in one key, which has at most 256 fields.
    const failures = /^cs:\{s\d+\}:failures$/;
    const after = await keys();
    expect(after.filter((key) => !failures.test(key))).to.deep.equal(before);
    expect(after.filter((key) => failures.test(key))).to.have.lengthOf.at.most(1);
  });

  it('distinct scopes, sessions, tasks and users make no key and are one budget', async () => {
    await ask({});
    const before = await keys();
    const statuses = [];
    for (let i = 0; i < 30; i++) {
      const n = String(i);
      const declared = { session_id: `s${n}`, task_id: `t${n}`, user_id: `u${n}` };
      statuses.push((await ask({ ...declared, scope: `scope_${n}` })).status);
    }
    expect(statuses.slice(-20).every((status) => status === 429)).to.equal(true);
    // The refusals are counted in two keys that the whole shard shares.
    const counts = /^cs:\{s\d+\}:refusal(s|-minutes)$/;
    const others = (all: readonly string[]) => all.filter((key) => !counts.test(key));
    expect(others(await keys())).to.deep.equal(others(before));
    expect((await keys()).filter((key) => counts.test(key))).to.have.lengthOf.at.most(2);
  });

  it('guesses in the name of another agent, and one that is limited, leave the budget of the victim whole', async () => {
    for (let i = 0; i < 5; i++) await ask({}, [victim[0], client[1]]);
    for (let i = 0; i < 5; i++) await ask({ client_id: victim[0] });
    const granted = await ask({}, victim);
    expect(granted.status, granted.text).to.equal(200);
    expect(granted.headers['ratelimit-remaining']).to.equal('7');
  });
});

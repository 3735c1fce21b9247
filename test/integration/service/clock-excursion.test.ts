import { expect } from 'chai';
import { shardOfAgent } from '../../../src/domain/shard.js';
import { createKeys } from '../../../src/redis/keys.js';
import { tokenAsk, tokenOf } from '../../http/table/asks.js';
import { MOVED_BY_MS, movedClock } from '../../support/edited-scripts.js';
import { until } from '../../support/episode.js';
import { useService } from '../../support/use-service.js';

const TWO_HOURS_MS = 7_200_000;
const SHARDS = 64;
/** Slack for a busy machine between a look at its clock and the answer. */
const SLACK_MS = 60_000;

describe('a clock of Redis that is wrong for a moment', function () {
  this.timeout(120_000);
  const { service, client } = useService(() => ({ editScript: movedClock }));
  const keys = createKeys('cs');
  const slots = [...Array.from({ length: SHARDS }, (_, shard) => shard), 'control' as const];

  const move = (ms: number) => client.set(MOVED_BY_MS, String(ms));
  const ask = () => service.http.send('POST', '/token', tokenAsk('json', service.agent));
  const introspect = async (token: string): Promise<unknown> => {
    const basic = service.resourceServer;
    return (await service.http.send('POST', '/introspect', { basic, form: { token } })).json();
  };
  /** The times of every slot. Sequences are left out: uses of tokens are recorded in the background. */
  const metas = () =>
    Promise.all(
      slots.map(async (slot) => {
        const [tick, began] = await client.hmget(keys.meta(slot), 'tick', 'epoch_began');
        return { tick, began };
      }),
    );
  const ready = async () => {
    const { status, ...answer } = await service.http.admin('GET', '/readyz', {
      adminToken: undefined,
    });
    const { checks } = answer.json() as { checks: { name: string; ok: boolean; detail: string }[] };
    return { status, clock: checks.find(({ name }) => name === 'clock') };
  };
  const expOf = (token: string): number => {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    return (JSON.parse(payload) as { exp: number }).exp;
  };

  afterEach(() => client.del(MOVED_BY_MS));

  for (const [name, byMs] of [
    ['ahead', TWO_HOURS_MS],
    ['behind', -TWO_HOURS_MS],
  ] as const) {
    it(`two hours ${name}: grants nothing, writes nothing, and is over when it is over`, async () => {
      tokenOf(await ask());
      const before = await metas();
      await move(byMs);
      const refused = await ask();
      expect(refused.status, refused.text).to.equal(503);
      expect(refused.json()).to.include({ error: 'clock_not_trusted' });
      expect(refused.headers['retry-after']).to.equal('1');
      expect(await metas()).to.deep.equal(before);
      expect(await ready()).to.deep.include({ status: 503 });
      expect((await ready()).clock?.detail).to.match(
        new RegExp(`7200 s (${name}|${name} of) this`),
      );

      const { text: metrics } = await service.http.admin('GET', '/metrics', {
        adminToken: undefined,
      });
      expect(metrics).to.match(/^countersign_redis_clock_refusals_total\{doubt="skew"\} [1-9]/m);
      const causes = service.log.map((line) =>
        String((JSON.parse(line) as { cause?: string }).cause),
      );
      expect(causes.join('\n')).to.match(/gatherSignals refused: the clock of Redis is \d+ ms/);

      await move(0);
      const token = tokenOf(await ask());
      expect(expOf(token) * 1000).to.be.below(Date.now() + 300_000 + SLACK_MS);
      expect(await introspect(token)).to.include({ active: true });
      expect((await ready()).clock).to.include({ ok: true });
    });
  }

  it('revokes meanwhile, without a trace of the wrong time', async () => {
    const token = tokenOf(await ask());
    const jti = ((await introspect(token)) as { jti: string }).jti;
    await move(TWO_HOURS_MS);
    for (const json of [
      { by: 'token', value: jti, reason: 'test' },
      { by: 'session', value: 'S1', reason: 'test' },
    ]) {
      const answer = await service.http.admin('POST', '/admin/v1/revocations', { json });
      expect(answer.status, answer.text).to.equal(200);
    }
    expect(
      (await service.http.send('POST', '/revoke', { basic: service.agent, form: { token } }))
        .status,
    ).to.equal(200);
    await move(0);
    expect(await introspect(token)).to.deep.equal({ active: false });
    tokenOf(await ask());
    const latestMs = Date.now() + SLACK_MS;
    for (const { tick, began } of await metas()) {
      expect(Number(tick)).to.be.below(latestMs);
      expect(Number(began)).to.be.below(latestMs);
    }
    for (const slot of slots) {
      for (const [id] of await client.xrange(keys.audit(slot), '-', '+')) {
        expect(parseInt(id, 10)).to.be.below(latestMs);
      }
      if (slot === 'control') continue;
      for (const value of Object.values(await client.hgetall(keys.revocations(slot)))) {
        for (const time of value.match(/\b\d{13}\b/g) ?? [])
          expect(Number(time)).to.be.below(latestMs);
      }
    }
  });

  it('a tick that is ahead all the same is refused and named', async () => {
    const shard = shardOfAgent(service.agent[0], SHARDS);
    const tick = await client.hget(keys.meta(shard), 'tick');
    await client.hset(keys.meta(shard), 'tick', String(Number(tick) + TWO_HOURS_MS));
    const before = await metas();
    const refused = await ask();
    expect(refused.json()).to.include({ error: 'clock_not_trusted' });
    expect(await metas()).to.deep.equal(before);
    const { status, clock } = await ready();
    expect(status).to.equal(503);
    expect(clock?.detail).to.match(/^the tick of 1 of 65 slots is up to 7[12]\d\d s ahead/);
    const json = { reason: 'test' };
    const reset = await service.http.admin('POST', '/admin/v1/store/reset-clock', { json });
    expect(reset.json()).to.include({ reset: 1, kept: SHARDS });
    tokenOf(await ask());
  });
});

describe('a tick that both clocks left ahead', function () {
  this.timeout(120_000);
  const { service, client } = useService(() => ({ worker: true }));
  const keys = createKeys('cs');
  const slots = [...Array.from({ length: SHARDS }, (_, shard) => shard), 'control' as const];
  const ask = () => service.http.send('POST', '/token', tokenAsk('json', service.agent));
  const reset = (reason: string) =>
    service.http.admin('POST', '/admin/v1/store/reset-clock', { json: { reason } });

  async function aheadEverywhere(): Promise<void> {
    for (const slot of slots) {
      const tick = Date.now() + TWO_HOURS_MS;
      await client.hset(keys.meta(slot), 'tick', String(tick));
      // As a write at that time left it.
      const seq = await client.hincrby(keys.meta(slot), 'seq', 1);
      const event = JSON.stringify({
        type: 'token.misused',
        principal: { kind: 'system', id: 't' },
      });
      await client.xadd(
        keys.audit(slot),
        `${String(tick)}-${String(seq)}`,
        'epoch',
        'e',
        'event',
        event,
      );
    }
  }

  async function worksAgain(): Promise<void> {
    const token = tokenOf(await ask());
    const basic = service.resourceServer;
    const introspected = await service.http.send('POST', '/introspect', { basic, form: { token } });
    expect(introspected.json()).to.include({ active: true });
    const { exp } = introspected.json() as { exp: number };
    expect(exp * 1000).to.be.below(Date.now() + 300_000 + SLACK_MS);
  }

  it('reset-clock brings it back: tokens of before are inactive, new ones are granted', async () => {
    const before = tokenOf(await ask());
    await aheadEverywhere();
    expect((await ask()).json()).to.include({ error: 'clock_not_trusted' });
    const { status, ...answer } = await reset('NTP was off');
    expect(status, answer.text).to.equal(200);
    const done = answer.json() as { reset: number; kept: number; ahead_ms: number };
    expect(done).to.include({ reset: SHARDS + 1, kept: 0 });
    expect(done.ahead_ms).to.be.within(TWO_HOURS_MS - SLACK_MS, TWO_HOURS_MS + SLACK_MS);
    const basic = service.resourceServer;
    const old = await service.http.send('POST', '/introspect', { basic, form: { token: before } });
    expect(old.json()).to.deep.equal({ active: false });
    await worksAgain();
    expect((await reset('again')).json()).to.deep.equal({
      reset: 0,
      kept: SHARDS + 1,
      ahead_ms: 0,
    });
  });

  it('records who, why and how far, at the right time, and the worker stores what follows', async () => {
    let items: { time_ms: number; detail: object }[] = [];
    await until('the events are stored', async () => {
      const query = 'type=store.clock_reset&limit=100';
      const answer = await service.http.admin('GET', `/admin/v1/audit?${query}`);
      ({ items } = answer.json() as { items: typeof items });
      return items.length === SHARDS + 1;
    });
    for (const item of items) {
      expect(item.detail).to.include({ reason: 'NTP was off' });
      expect(item.detail)
        .to.have.property('ahead_ms')
        .above(TWO_HOURS_MS - SLACK_MS);
      expect(item.time_ms).to.be.below(Date.now() + SLACK_MS);
    }
    const id = (await ask()).json()['decision_id'];
    await until('the grant is stored', async () => {
      const answer = await service.http.admin('GET', `/admin/v1/audit?decision=${String(id)}`);
      return (answer.json() as { items: unknown[] }).items.length > 0;
    });
  });

  it('heals a store with a tick and a sequence that were removed by hand', async () => {
    await aheadEverywhere();
    for (const slot of slots) await client.hdel(keys.meta(slot), 'tick', 'seq');
    expect((await ask()).status).to.equal(503);
    expect((await reset('removed')).json()).to.include({ reset: SHARDS + 1 });
    await worksAgain();
  });
});

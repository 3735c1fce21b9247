import { expect } from 'chai';
import {
  activeAmong,
  evidenceOf,
  flood,
  until,
  withoutEpochCheck,
  type Asked,
} from '../../support/episode.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { startService, type TestService } from '../../support/service.js';

const REQUESTS = 500;

/** Floods the service, kills Redis with -9 while requests are in flight, starts it again. */
async function crashEpisode(
  redis: TestRedis,
  service: TestService,
): Promise<{ tokens: string[]; inFlightAtKill: number; asked: readonly Asked[] }> {
  const requests = flood(service, REQUESTS);
  await until('some requests are answered', () => requests.answered() >= 50);
  await redis.kill9();
  const inFlightAtKill = requests.inFlight();
  const asked = await requests.all;
  await redis.restart();
  return { tokens: asked.flatMap(({ token }) => token ?? []), inFlightAtKill, asked };
}

describe('I1 and I2 when Redis is killed with -9 among 500 requests', function () {
  this.timeout(120_000);
  let redis: TestRedis;
  beforeEach(async () => {
    redis = await startRedis();
  });
  afterEach(async () => {
    await redis.stop();
  });

  it('every token that went out has its event and its record, and none is active after the restart', async () => {
    const service = await startService({ redisUrl: redis.url });
    try {
      const { tokens, inFlightAtKill, asked } = await crashEpisode(redis, service);
      expect(inFlightAtKill, 'requests in flight at the kill').to.be.greaterThan(20);
      expect(tokens.length, 'tokens that went out').to.be.greaterThan(20);
      const statuses = new Set(asked.map(({ status }) => status));
      expect([...statuses]).to.have.members([200, 503]);
      expect(await evidenceOf(redis, tokens)).to.deep.equal({ withoutEvent: 0, withoutRecord: 0 });
      expect(await activeAmong(service, tokens)).to.equal(0);
      const again = await flood(service, 1).all;
      expect(again[0]?.status, 'a request after the restart').to.equal(200);
    } finally {
      await service.close();
    }
  });

  it('control: without the epoch check the tokens come back, and this test sees it', async () => {
    const service = await startService({ redisUrl: redis.url, editScript: withoutEpochCheck });
    try {
      const { tokens } = await crashEpisode(redis, service);
      expect(await activeAmong(service, tokens)).to.equal(tokens.length);
    } finally {
      await service.close();
    }
  });
});

describe('I1 and I2 when Redis is paused and resumed, with revocations in between', function () {
  this.timeout(120_000);

  it('what was acknowledged as revoked is inactive, and every token that went out is on record', async () => {
    const redis = await startRedis();
    const overrides = { 'redis.command_timeout_ms': 2000, 'request.deadline_ms': 2000 };
    const service = await startService({ redisUrl: redis.url, overrides });
    try {
      const before = (await flood(service, 10).all).flatMap(({ token }) => token ?? []);
      const requests = flood(service, REQUESTS);
      await until('some requests are answered', () => requests.answered() >= 50);
      redis.pause();
      const inFlight = requests.inFlight();
      const outcomes = await Promise.all(before.map((token) => revoke(service, token)));
      redis.resume();
      const asked = await requests.all;
      expect(inFlight).to.be.greaterThan(20);
      expect(outcomes, 'nothing is acknowledged while Redis is stopped').to.not.include(200);

      const tokens = asked.flatMap(({ token }) => token ?? []);
      expect(await evidenceOf(redis, tokens)).to.deep.equal({ withoutEvent: 0, withoutRecord: 0 });
      await until('a revocation is acknowledged', async () => {
        const first = before[0] ?? '';
        return (await revoke(service, first)) === 200;
      });
      const acknowledged = await Promise.all(before.map((token) => revoke(service, token)));
      expect(acknowledged.every((status) => status === 200)).to.equal(true);
      expect(await activeAmong(service, before)).to.equal(0);
    } finally {
      await service.close();
      await redis.stop();
    }
  });
});

async function revoke(service: TestService, token: string): Promise<number> {
  const answer = await service.http.admin('POST', '/admin/v1/revocations', {
    json: { by: 'token', value: token, reason: 'nemesis' },
  });
  return answer.status;
}

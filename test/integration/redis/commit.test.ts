import { expect } from 'chai';
import type { CommitRequest, CommitResult, Generations } from '../../../src/domain/ports.js';
import type { TokenClaims } from '../../../src/domain/token.js';
import { newDecisionId, newShardedId } from '../../../src/domain/ids.js';
import { createGrantCommitter } from '../../../src/redis/stores/grant-committer.js';
import { createIntrospectionStore } from '../../../src/redis/stores/introspection-store.js';
import { createRevocationStore } from '../../../src/redis/stores/revocation-store.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { raiseGeneration } from '../../../src/redis/stores/intents.js';
import { until } from '../../support/episode.js';
import { makeAgent, type TestStore } from '../../support/store.js';
import { useSharedStore } from '../../support/use-store.js';

const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const SYSTEM = { kind: 'system', id: 'test' } as const;

/** A gathered request of a new agent, ready to be committed. */
async function prepared(store: TestStore): Promise<{
  request: CommitRequest;
  shard: number;
  check: (sha256?: string) => Promise<string>;
}> {
  const id = `agent-${String(process.hrtime.bigint())}`;
  const { agent, shard } = await makeAgent(store, id);
  const gatherer = createSignalGatherer(store.context, () => WIDE);
  const gathered = await gatherer.gather({
    agent,
    resource: 'stripe',
    scopes: ['read'],
    honeyScopes: 0,
    count: true,
  });
  if (gathered.state !== 'gathered') throw new Error(gathered.state);
  const claims = claimsFor(id, shard, gathered.tickMs);
  const signed = { token: 'token', sha256: 'a'.repeat(64), kid: 'k1' };
  const request: CommitRequest = {
    agent,
    epoch: gathered.epoch,
    basis: gathered.basis,
    generations: gathered.generations,
    claims,
    signed,
    resource: 'stripe',
    event: { type: 'access.granted', principal: SYSTEM, jti: claims.jti },
  };
  const introspection = createIntrospectionStore(store.context);
  return {
    request,
    shard,
    check: async (sha256 = signed.sha256) =>
      (await introspection.check({ jti: claims.jti, sha256, aud: claims.aud })).why,
  };
}

function claimsFor(id: string, shard: number, tickMs: number): TokenClaims {
  const issued = Math.floor(tickMs / 1000);
  return {
    iss: 'http://issuer.test',
    aud: 'https://stripe.test',
    sub: id,
    client_id: id,
    iat: issued,
    exp: issued + 300,
    jti: newShardedId('jti', shard),
    scope: 'read',
    grant_id: newShardedId('grt', shard),
    decision_id: newDecisionId(shard, Date.now()),
    session_id: 'S1',
    policy_revision: 'r1',
    input_digest: 'sha256:00',
  };
}

describe('commit and introspection on one predicate', function () {
  this.timeout(30_000);
  const { store, redis } = useSharedStore();
  const commit = (request: CommitRequest): Promise<CommitResult> =>
    createGrantCommitter(store.context, 30_000).commit(request);

  const events = async (shard: number, jti: string): Promise<number> => {
    const entries = await store.client.xrange(store.context.keys.audit(shard), '-', '+');
    return entries.filter(([, fields]) => fields.join(' ').includes(jti)).length;
  };

  it('writes event, grant, expiry and token, and the token is active', async () => {
    const { request, shard, check } = await prepared(store);
    expect(await commit(request)).to.deep.equal({ state: 'committed' });
    expect(await check()).to.equal('active');
    expect(await events(shard, request.claims.jti)).to.equal(1);
    const { keys } = store.context;
    expect(await store.client.exists(keys.grant(shard, request.claims.grant_id))).to.equal(1);
    const due = await store.client.zscore(
      keys.expiry(shard),
      `${request.claims.jti} ${request.claims.grant_id}`,
    );
    expect(Number(due)).to.equal(request.claims.exp * 1000);
  });

  it('is idempotent on the jti: one commit sent twice leaves one event and one grant', async () => {
    const { request, shard } = await prepared(store);
    expect((await commit(request)).state).to.equal('committed');
    expect((await commit(request)).state).to.equal('committed');
    expect(await events(shard, request.claims.jti)).to.equal(1);
  });

  it('refuses another token under a jti that is taken', async () => {
    const { request } = await prepared(store);
    await commit(request);
    const other = { ...request, signed: { ...request.signed, sha256: 'b'.repeat(64) } };
    expect(await commit(other)).to.deep.equal({ state: 'refused', why: 'jti' });
  });

  it('hash check: another token with the jti of a committed one is not active', async () => {
    const { request, check } = await prepared(store);
    await commit(request);
    expect(await check('b'.repeat(64))).to.equal('hash');
  });

  it('audit before grant: when the event cannot be written, neither grant nor token exists', async () => {
    const { request, shard, check } = await prepared(store);
    const { keys } = store.context;
    await store.client.del(keys.audit(shard));
    await store.client.set(keys.audit(shard), 'not a stream');
    const failure = await commit(request).then(
      () => 'committed',
      (error: unknown) => String(error),
    );
    expect(failure).to.include('temporarily_unavailable');
    expect(await check()).to.equal('unknown');
    expect(await store.client.exists(keys.grant(shard, request.claims.grant_id))).to.equal(0);
    await store.client.del(keys.audit(shard));
  });

  it('refuses another epoch, a moved generation and a changed agent', async () => {
    const { request } = await prepared(store);
    const moved = (what: string): CommitResult =>
      ({ state: 'moved', what }) as unknown as CommitResult;
    expect(await commit({ ...request, epoch: 'f'.repeat(32) })).to.deep.equal(moved('epoch'));
    for (const name of ['registry', 'policy', 'keyring'] as const) {
      const generations: Generations = { ...request.generations, [name]: 77 };
      expect(await commit({ ...request, generations })).to.deep.equal(moved('generation'));
    }
    const agent = { ...request.agent, version: 77 };
    expect(await commit({ ...request, agent })).to.deep.equal(moved('agent'));
  });

  it('refuses what was revoked between gather and commit, by a floor and for ever', async () => {
    for (const by of ['session', 'grant', 'key', 'policy_revision'] as const) {
      const { request } = await prepared(store);
      const { claims, signed } = request;
      const value = {
        session: 'S1',
        grant: claims.grant_id,
        key: signed.kid,
        policy_revision: claims.policy_revision,
      }[by];
      await createRevocationStore(store.context).revoke({
        revId: `rev_${by}`,
        by,
        value,
        reason: 'test',
        denyUntilLifted: false,
        principal: SYSTEM,
        requestId: 'req_1',
      });
      const outcome = await commit(request);
      expect(outcome).to.deep.equal({ state: 'revoked', dimension: `${by}:${value}` });
      await store.client.del(
        store.context.keys.revocations(0),
        ...[1, 2, 3].map((s) => store.context.keys.revocations(s)),
      );
    }
  });

  it('the floor of an audience covers what was issued for it before', async () => {
    const { request, check } = await prepared(store);
    await commit(request);
    expect(await check()).to.equal('active');
    const { keys } = store.context;
    await raiseGeneration(store.context, 'floors', 'registry', 1, [
      ['audience:https://other.test/', 'rev_1'],
    ]);
    expect(await check()).to.equal('active');
    await raiseGeneration(store.context, 'floors', 'registry', 1, [
      ['audience:https://stripe.test/', 'rev_2'],
    ]);
    expect(await check()).to.equal('revoked');
    await store.client.del(...[0, 1, 2, 3].map((shard) => keys.revocations(shard)));
  });

  it('expires by the shard clock, which never goes back', async () => {
    const { request, shard, check } = await prepared(store);
    await commit(request);
    await store.setTick(shard, request.claims.exp * 1000 - 1);
    expect(await check()).to.equal('active');
    await store.setTick(shard, request.claims.exp * 1000);
    expect(await check()).to.equal('expired');
  });

  it('never lowers a generation', async () => {
    const { shard } = await prepared(store);
    const generation = async (): Promise<string | null> =>
      store.client.hget(store.context.keys.meta(shard), 'g:policy');
    await raiseGeneration(store.context, 'i1', 'policy', 5);
    await raiseGeneration(store.context, 'i2', 'policy', 3);
    expect(await generation()).to.equal('5');
  });

  it('epoch check: after a restart of Redis what was issued is inactive, though its record is there', async () => {
    const { request, shard, check } = await prepared(store);
    await commit(request);
    await redis.restart();
    await until('the client is back', () =>
      check().then(
        () => true,
        () => false,
      ),
    );
    const { keys } = store.context;
    expect(await store.client.exists(keys.token(shard, request.claims.jti))).to.equal(1);
    expect(await check()).to.equal('epoch');
    expect((await prepared(store)).request.epoch).to.not.equal(request.epoch);
    expect(await check(), 'in the epoch that was drawn since').to.equal('epoch');
  });

  it('epoch check: what was gathered after a restart that nothing has seen yet is not committed', async () => {
    const { request } = await prepared(store);
    await redis.restart();
    const gatherer = createSignalGatherer(store.context, () => WIDE);
    const gather = async (): Promise<CommitRequest> => {
      const asked = { resource: 'stripe', scopes: ['read'], honeyScopes: 0, count: true };
      const gathered = await gatherer.gather({ ...asked, agent: request.agent });
      if (gathered.state !== 'gathered') throw new Error(gathered.state);
      return { ...request, epoch: gathered.epoch, basis: gathered.basis };
    };
    await until('the client is back', () =>
      gather().then(
        () => true,
        () => false,
      ),
    );
    const back = await gather();
    expect(back.epoch, 'the gather leaves it to the commit').to.equal(request.epoch);
    expect(await commit(back)).to.deep.equal({ state: 'moved', what: 'epoch' });
    expect((await commit(await gather())).state).to.equal('committed');
  });
});

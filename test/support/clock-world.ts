import { newDecisionId, newId, newShardedId } from '../../src/domain/ids.js';
import type { AgentRecord } from '../../src/domain/records.js';
import { ScriptRunner, type ClockDoubt } from '../../src/redis/scripts.js';
import { createEvaluationRecorder } from '../../src/redis/stores/evaluation-recorder.js';
import { createGrantCommitter } from '../../src/redis/stores/grant-committer.js';
import { createIntrospectionStore } from '../../src/redis/stores/introspection-store.js';
import { createRevocationStore } from '../../src/redis/stores/revocation-store.js';
import { createSignalGatherer } from '../../src/redis/stores/signal-gatherer.js';
import { editedScripts, MOVED_BY_MS, movedClock } from './edited-scripts.js';
import { type TestStore } from './store.js';

/** The bound of these nodes, beyond every pause of a busy machine. */
export const BOUND_MS = 60_000;
export const TTL_SECONDS = 300;
const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
export const SYSTEM = { kind: 'system', id: 'test' } as const;

/** An agent in a store with a movable clock of Redis, a node with a movable clock, and what the node was refused. */
export class ClockWorld {
  nodeOffMs = 0;
  readonly doubts: ClockDoubt[] = [];
  readonly context;

  constructor(
    readonly store: TestStore,
    readonly agent: AgentRecord,
    readonly shard: number,
    boundMs = BOUND_MS,
  ) {
    const clock = { nowMs: () => Date.now() + this.nodeOffMs, boundMs };
    const runner = new ScriptRunner(store.client, editedScripts(movedClock), () => undefined, {
      ...clock,
      onDoubt: (doubt) => this.doubts.push(doubt),
    });
    this.context = { ...store.context, runner };
  }

  async moveRedis(offMs: number): Promise<void> {
    await this.store.client.set(MOVED_BY_MS, String(offMs));
  }

  meta(): Promise<Record<string, string>> {
    return this.store.client.hgetall(this.store.context.keys.meta(this.shard));
  }

  /** Every key of the store with its value. */
  async everything(): Promise<string> {
    const { client } = this.store;
    const names = (await client.keys('t*')).filter((name) => name !== MOVED_BY_MS).sort();
    const values = await Promise.all(names.map((name) => client.dump(name)));
    return JSON.stringify([names, values]);
  }

  async gather() {
    const gatherer = createSignalGatherer(this.context, () => WIDE);
    const ask = { agent: this.agent, resource: 'stripe', scopes: ['read'], honeyScopes: 0 };
    const gathered = await gatherer.gather({ ...ask, count: true });
    if (gathered.state !== 'gathered') throw new Error(gathered.state);
    return gathered;
  }

  async commit({ epoch, basis, generations, tickMs }: Awaited<ReturnType<ClockWorld['gather']>>) {
    const { agent, shard } = this;
    const issued = Math.floor(tickMs / 1000);
    const jti = newShardedId('jti', shard);
    const claims = {
      ...{
        iss: 'http://issuer.test',
        aud: 'https://stripe.test',
        sub: agent.spec.id,
        scope: 'read',
      },
      ...{ client_id: agent.spec.id, iat: issued, exp: issued + TTL_SECONDS, jti },
      ...{ grant_id: newShardedId('grt', shard), decision_id: newDecisionId(shard, tickMs) },
      ...{ policy_revision: 'r1', input_digest: 'sha256:00' },
    };
    const { state } = await createGrantCommitter(this.context, 30_000).commit({
      ...{ agent, epoch, basis, generations, claims, resource: 'stripe' },
      signed: { token: 'token', sha256: jti, kid: 'k1' },
      event: { type: 'access.granted', principal: SYSTEM, jti },
    });
    return { state, jti, expMs: claims.exp * 1000 };
  }

  permit({ epoch, basis, generations, tickMs }: Awaited<ReturnType<ClockWorld['gather']>>) {
    return createEvaluationRecorder(this.context).recordPermit({
      ...{ agent: this.agent, epoch, basis, generations, resource: 'stripe', revision: 'r1' },
      ...{ expiresAtMs: tickMs + TTL_SECONDS * 1000, declared: {} },
      event: { type: 'access.granted', principal: SYSTEM },
    });
  }

  async why(jti: string): Promise<string> {
    const store = createIntrospectionStore(this.context);
    return (await store.check({ jti, sha256: jti, aud: 'https://stripe.test' })).why;
  }

  revoke(jti: string) {
    return createRevocationStore(this.context).revoke({
      ...{ by: 'token', value: jti, revId: newId('rev'), reason: 'test' },
      ...{ denyUntilLifted: false, principal: SYSTEM, requestId: 'req_1' },
    });
  }
}

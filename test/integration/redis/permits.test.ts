import { expect } from 'chai';
import type { EvaluationRecord } from '../../../src/domain/ports.js';
import type { RevocationDimension } from '../../../src/domain/revocation.js';
import { createAgentStore } from '../../../src/redis/stores/agent-store.js';
import { raiseGeneration } from '../../../src/redis/stores/intents.js';
import { createEvaluationRecorder } from '../../../src/redis/stores/evaluation-recorder.js';
import { createRevocationStore } from '../../../src/redis/stores/revocation-store.js';
import { createSignalGatherer } from '../../../src/redis/stores/signal-gatherer.js';
import { makeAgent } from '../../support/store.js';
import { useSharedStore } from '../../support/use-store.js';

const WIDE = { per_minute: 1e6, burst: 1e6, resource_per_minute: 1e6, resource_burst: 1e6 };
const PRINCIPAL = { kind: 'system', id: 'test' } as const;

describe('recording a yes, under the predicate of a commit', function () {
  this.timeout(30_000);
  const { store } = useSharedStore();

  const record = (request: EvaluationRecord) =>
    createEvaluationRecorder(store.context).recordPermit(request);

  /** A question about a new agent, gathered and ready to be answered. */
  async function asked(): Promise<{
    request: EvaluationRecord;
    shard: number;
    events: () => Promise<number>;
  }> {
    const id = `agent-${String(process.hrtime.bigint())}`;
    const { agent, shard } = await makeAgent(store, id);
    const gatherer = createSignalGatherer(store.context, () => WIDE);
    const gathered = await gatherer.gather({
      agent,
      resource: 'stripe',
      scopes: ['read'],
      honeyScopes: 0,
      count: 'peek',
    });
    if (gathered.state !== 'gathered') throw new Error(gathered.state);
    const { epoch, basis, generations, tickMs } = gathered;
    const request: EvaluationRecord = {
      ...{ agent, epoch, basis, generations, expiresAtMs: tickMs + 60_000 },
      resource: 'stripe',
      revision: 'r1',
      declared: { session_id: `S-${id}`, task_id: `T-${id}`, user_id: `U-${id}` },
      event: { type: 'policy.evaluated', principal: PRINCIPAL, agent_id: id },
    };
    const events = async (): Promise<number> => {
      const entries = await store.client.xrange(store.context.keys.audit(shard), '-', '+');
      return entries.filter(
        ([, fields]) =>
          fields.join(' ').includes(id) && fields.join(' ').includes('policy.evaluated'),
      ).length;
    };
    return { request, shard, events };
  }

  it('is one event, and no token, grant or signal', async () => {
    const { request, shard, events } = await asked();
    const keys = async () => (await store.client.keys(`*{s${String(shard)}}*`)).sort();
    const before = await keys();
    expect(await record(request)).to.deep.equal({ state: 'recorded' });
    expect(await events()).to.equal(1);
    const added = (await keys()).filter((key) => !before.includes(key));
    expect(added.filter((key) => !key.endsWith(':audit'))).to.deep.equal([]);
  });

  const revocations: readonly RevocationDimension[] = [
    ...(['agent', 'session', 'task', 'user', 'resource', 'policy_revision', 'all'] as const),
  ];
  for (const by of revocations) {
    it(`is refused after a revocation by ${by} since the gather, and leaves no event`, async () => {
      const { request, events } = await asked();
      const { session_id, task_id, user_id } = request.declared;
      const values: Partial<Record<RevocationDimension, string | undefined>> = {
        ...{ agent: request.agent.spec.id, session: session_id, task: task_id, user: user_id },
        ...{ resource: 'stripe', policy_revision: 'r1', all: '*' },
      };
      const outcome = await createRevocationStore(store.context).revoke({
        ...{ revId: `rev_${String(process.hrtime.bigint())}`, by, value: values[by] ?? '' },
        ...{ reason: 'test', denyUntilLifted: false, principal: PRINCIPAL, requestId: 'req' },
      });
      expect(outcome.state).to.equal('done');
      expect(await record(request)).to.include({ state: 'revoked' });
      expect(await events()).to.equal(0);
    });
  }

  it('is over when a generation, the agent or the epoch moved since the gather', async () => {
    const moves: readonly (() => Promise<EvaluationRecord>)[] = [
      async () => {
        const { request } = await asked();
        const next = request.generations.registry + 1;
        await raiseGeneration(store.context, 'moved', 'registry', next);
        return request;
      },
      async () => {
        const { request } = await asked();
        const { version, ...agent } = request.agent;
        const disabled = { ...agent, status: 'disabled' } as const;
        const event = { type: 'agent.status_changed', principal: PRINCIPAL } as const;
        await createAgentStore(store.context).write(disabled, version, event);
        return request;
      },
      async () => ({ ...(await asked()).request, epoch: 'another' }),
      async () => ({ ...(await asked()).request, expiresAtMs: 1 }),
    ];
    for (const move of moves) {
      expect(await record(await move())).to.deep.equal({ state: 'moved' });
    }
  });
});

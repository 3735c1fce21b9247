import { expect } from 'chai';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import { placeOfDecision } from '../../../../src/domain/ids.js';
import type { AgentRecord } from '../../../../src/domain/records.js';
import type { ClientCredential, RequestContext } from '../../../../src/domain/request.js';
import {
  evaluateAccess,
  type EvaluateAccessDeps,
} from '../../../../src/use-cases/evaluation/evaluate-access.js';

const AGENT = { spec: { id: 'asker', grants: [] }, version: 1 } as unknown as AgentRecord;
const RESOURCE = { spec: { id: 'stripe', audiences: ['https://stripe.test'], scopes: [] } };
const SERVER = { spec: { id: 'server', resources: ['stripe'] } };
const BY_AGENT = { method: 'client_secret_basic', id: 'asker', secret: 'csa_test' };
const BY_SERVER = { ...BY_AGENT, id: 'server', secret: 'csr_test' };
const CONTEXT = { requestId: 'req_1', deadlineMs: 2 } as unknown as RequestContext;
const BATCH = {
  items: [
    {
      ...{ subject: { type: 'agent', id: 'asker' }, resource: { type: 'resource', id: 'stripe' } },
      ...{ action: 'export_all', ttlSeconds: undefined, declared: {}, unseen: [] },
    },
  ],
  stopsOn: undefined,
};

/** What a denied question wrote: counts of its gather, outcomes and events in the order of the writes. */
interface Written {
  readonly counts: unknown[];
  readonly steps: string[];
  readonly events: AuditEvent[];
}

/** Deps of an active agent under a policy that denies, and orders a quarantine. */
function denied(): { deps: EvaluateAccessDeps; written: Written } {
  const written: Written = { counts: [], steps: [], events: [] };
  const gathered = {
    ...{ state: 'gathered', status: 'active', epoch: 'e', basis: 1, tickMs: 1 },
    ...{ generations: { registry: 1, policy: 1, keyring: 1 }, rate: { limited: false } },
    signals: { anomaly: 0, terms: [], honey_scopes: 0 },
  };
  const decision = {
    ...{ effect: 'deny', scopes: [], ttlSeconds: 0, removed: [], reasons: [], revision: 'r' },
    obligations: [{ id: 'o', type: 'quarantine', properties: { reason: 'honey' } }],
  };
  const deps = {
    ...{ shards: 4, defaultTtlSeconds: 60, maxTtlSeconds: 60, timer: () => undefined },
    ...{ clock: { nowMs: () => 1 }, costs: () => ({ low: 1, medium: 1, high: 1, critical: 1 }) },
    authenticator: {
      authenticateAgent: () => Promise.resolve(AGENT),
      authenticateResourceServer: () => Promise.resolve(SERVER),
    },
    agents: { find: () => Promise.resolve(AGENT) },
    rateOf: () => ({ per_minute: 60, burst: 60 }),
    budget: { charge: () => Promise.resolve(0) },
    catalogue: {
      ...{ generation: () => 1, observe: () => true },
      resource: () => Promise.resolve(RESOURCE),
    },
    gatherer: {
      gather: ({ count }: { count: unknown }) => {
        written.counts.push(count);
        return Promise.resolve(gathered);
      },
    },
    signer: { sync: () => Promise.resolve() },
    policy: { sync: () => Promise.resolve(), decide: () => Promise.resolve({}) },
    clamp: () => decision,
    quarantine: ({ reason }: { reason: string }) => {
      written.steps.push(`quarantine: ${reason}`);
      return Promise.resolve(true);
    },
    recorder: {
      record: (id: string, event: AuditEvent, outcome: string) => {
        written.steps.push(`record ${id}: ${outcome}`);
        written.events.push(event);
        return Promise.resolve();
      },
    },
  } as unknown as EvaluateAccessDeps;
  return { deps, written };
}

async function ask(credential: object): Promise<Written> {
  const { deps, written } = denied();
  const answers = await evaluateAccess(deps, BATCH, credential as ClientCredential, CONTEXT);
  expect(answers.map((answer) => answer.decision)).to.deep.equal([false]);
  return written;
}

describe('the time in the decision id of a question', () => {
  const timeOf = async (found: AgentRecord | undefined): Promise<number | undefined> => {
    const { deps } = denied();
    let nowMs = 1;
    const reads =
      <T>(value: T) =>
      (): Promise<T> => {
        nowMs++;
        return Promise.resolve(value);
      };
    const [answer] = await evaluateAccess(
      {
        ...deps,
        clock: { nowMs: () => nowMs },
        agents: { find: reads(found), refresh: reads(found) },
        store: { check: reads({ registryGeneration: 1 }) },
        gatherer: {
          gather: async (asked: Parameters<typeof deps.gatherer.gather>[0]) => {
            nowMs++;
            return deps.gatherer.gather(asked);
          },
        },
      } as unknown as EvaluateAccessDeps,
      BATCH,
      BY_SERVER as unknown as ClientCredential,
      { ...CONTEXT, deadlineMs: 100 },
    );
    return placeOfDecision(answer?.decisionId ?? '')?.atMs;
  };

  it('is that after the look-up, whether the subject exists or not', async () => {
    expect(await timeOf(AGENT)).to.equal(2);
    expect(await timeOf(undefined)).to.equal(2);
  });
});

describe('a denied evaluation', () => {
  it('of the agent by itself is counted as a request', async () => {
    expect((await ask(BY_AGENT)).counts).to.deep.equal([true]);
  });

  it('of the agent by itself is recorded as a denial', async () => {
    const { steps, events } = await ask(BY_AGENT);
    expect(steps.at(-1)).to.equal('record asker: denied');
    expect(events[0]?.detail).to.include({ counted: 'denial' });
  });

  it('of the agent by itself quarantines, before it is recorded', async () => {
    expect((await ask(BY_AGENT)).steps[0]).to.equal('quarantine: honey');
  });

  it('by a resource server only peeks: it counts nothing and quarantines no agent', async () => {
    const { counts, steps, events } = await ask(BY_SERVER);
    expect(counts).to.deep.equal(['peek']);
    expect(steps).to.deep.equal(['record asker: none']);
    expect(events[0]?.detail).to.deep.include({ not_done: ['quarantine'] });
  });
});

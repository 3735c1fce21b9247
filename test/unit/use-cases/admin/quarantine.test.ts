import { expect } from 'chai';
import { createAgentOperations } from '../../../../src/use-cases/admin/agents.js';
import { createQuarantine } from '../../../../src/use-cases/admin/quarantine.js';
import type { QuarantineOrder } from '../../../../src/use-cases/ports.js';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { AgentRecord } from '../../../../src/domain/records.js';
import type { AgentStore, AgentWriteOptions } from '../../../../src/domain/registry-ports.js';
import type { Signals } from '../../../../src/domain/signals.js';
import { UNUSED_SECRETS } from '../../../support/memory-agent-store.js';

const ADMIN = { requestId: 'r', principal: { kind: 'admin', id: 'root' } } as const;
const TERM = { name: 'denials_60m', value: 14, expected: 0.3, score: 9.5 };
const SAID = { ...TERM, sentence: 'denials: 14 in 60 min, expected 0.3' };
const SIGNALS: Signals = {
  requests_10m: 1,
  requests_2h: 1,
  denials_60m: 14,
  first_seen_scopes_60m: 0,
  first_seen_resources_60m: 0,
  first_seen_now: false,
  anomaly: 0.97,
  learning: false,
  terms: [TERM],
};

const ACTIVE: AgentRecord = {
  spec: { id: 'a' },
  secrets: [],
  source: 'api',
  config_digest: '',
  created_at_ms: 0,
  updated_at_ms: 0,
  status: 'active',
  version: 1,
};

interface Written {
  readonly event: AuditEvent;
  readonly options: AgentWriteOptions | undefined;
}

/** One agent; `lose` makes that many writes lose to concurrent ones. */
class OneAgent implements Pick<AgentStore, 'read' | 'write' | 'idsOfShard'> {
  readonly writes: Written[] = [];
  lose = 0;
  meanwhile: Partial<AgentRecord> = {};
  record: AgentRecord | undefined = ACTIVE;

  read(): Promise<AgentRecord | undefined> {
    return Promise.resolve(this.record);
  }

  write(
    ...[agent, expected, event, options]: Parameters<AgentStore['write']>
  ): Promise<AgentRecord | undefined> {
    if (this.lose > 0 && this.record !== undefined) {
      this.lose -= 1;
      this.record = { ...this.record, ...this.meanwhile, version: this.record.version + 1 };
    }
    if (this.record?.version !== expected) return Promise.resolve(undefined);
    this.writes.push({ event, options });
    this.record = { ...agent, version: expected + 1 };
    return Promise.resolve(this.record);
  }

  idsOfShard(): Promise<readonly string[]> {
    return Promise.resolve(['a']);
  }
}

describe('quarantine', () => {
  let store: OneAgent;
  let nowMs: number;
  beforeEach(() => {
    store = new OneAgent();
    nowMs = 1000;
  });
  const clock = { nowMs: (): number => nowMs };
  const order = (): QuarantineOrder => ({
    agent: store.record ?? ACTIVE,
    reason: 'anomaly',
    requestId: 'r1',
    decisionId: 'dec_1',
    signals: SIGNALS,
  });
  const quarantine = (): Promise<boolean> => createQuarantine({ store, clock })(order());
  const operations = () =>
    createAgentOperations({
      secretUses: UNUSED_SECRETS,
      store,
      clock,
      shards: 1,
      check: () => [],
      mintSecret: () => ({ secret: 's', sha256: 'h' }),
    });

  it('is one write: status, reasons, event and cut', async () => {
    expect(await quarantine()).to.equal(true);
    expect(store.writes).to.have.length(1);
    const [{ event, options } = { event: undefined, options: undefined }] = store.writes;
    expect(event).to.deep.equal({
      type: 'agent.status_changed',
      request_id: 'r1',
      principal: { kind: 'system', id: 'policy' },
      agent_id: 'a',
      detail: { status: 'quarantined', previous: 'active', reason: 'anomaly' },
      decision_id: 'dec_1',
      anomaly: 0.97,
      signals: [SAID],
    });
    expect(options?.cutUnder).to.match(/^rev_/);
    expect(store.record).to.deep.include({
      status: 'quarantined',
      quarantine: {
        since_ms: 1000,
        reason: 'anomaly',
        by: { kind: 'system', id: 'policy' },
        decision_id: 'dec_1',
        anomaly: 0.97,
        signals: [SAID],
      },
    });
  });

  for (const status of ['quarantined', 'disabled'] as const) {
    it(`leaves an agent that is ${status} as it is`, async () => {
      store.record = { ...order().agent, status };
      expect(await quarantine()).to.equal(false);
      expect(store.writes).to.deep.equal([]);
      expect(store.record.status).to.equal(status);
    });
  }

  it('happens once when another request was first', async () => {
    store.lose = 1;
    store.meanwhile = { status: 'quarantined' };
    await quarantine();
    expect(store.writes).to.deep.equal([]);
  });

  it('is retried after a concurrent write', async () => {
    store.lose = 2;
    await quarantine();
    expect(store.writes).to.have.length(1);
  });

  it('is 503 when the agent never holds still', async () => {
    store.lose = 100;
    const error = await quarantine().catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(CountersignError)
      .with.property('code', 'temporarily_unavailable');
    expect(store.record?.status).to.equal('active');
  });

  it('of a concurrently deleted agent does nothing', async () => {
    const asked = order();
    store.record = undefined;
    await createQuarantine({ store, clock })(asked);
    expect(store.writes).to.deep.equal([]);
  });

  it('ends by a release, which says what becomes of the signals', async () => {
    for (const signals of ['settled', 'forgotten', 'kept'] as const) {
      await quarantine();
      await operations().release('a', { reason: 'fine', signals }, ADMIN);
      const [last] = store.writes.slice(-1);
      expect(last?.options?.signals ?? 'kept').to.equal(signals);
      expect(last?.options?.cutUnder).to.equal(undefined);
      expect(last?.event.detail).to.deep.equal({
        ...{ status: 'active', previous: 'quarantined', reason: 'fine' },
        signals,
      });
      expect(store.record).to.include({ status: 'active' }).and.not.to.have.property('quarantine');
    }
  });

  for (const status of ['active', 'disabled'] as const) {
    it(`cannot be released from when the agent is ${status}`, async () => {
      store.record = { ...order().agent, status };
      const release = operations().release('a', { reason: 'x', signals: 'settled' }, ADMIN);
      const error = await release.catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(CountersignError).with.property('code', 'conflict');
      expect(store.writes).to.deep.equal([]);
    });
  }

  it('keeps since when, also when an operator says it again', async () => {
    await quarantine();
    nowMs = 5000;
    await operations().setStatus('a', 'quarantined', 'taken over', ADMIN);
    expect(store.record?.quarantine).to.deep.equal({
      since_ms: 1000,
      reason: 'taken over',
      by: ADMIN.principal,
    });
  });

  it('loses its note with every other status', async () => {
    await quarantine();
    await operations().setStatus('a', 'disabled', 'x', ADMIN);
    expect(store.record).not.to.have.property('quarantine');
  });
});

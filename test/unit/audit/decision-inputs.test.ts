import { expect } from 'chai';
import { join } from 'node:path';
import { pageSql } from '../../../src/audit/decision-inputs.js';
import { openWritable } from '../../../src/audit/database.js';
import { MIGRATIONS } from '../../../src/audit/migrations.js';
import { openAuditReader, type AuditReader } from '../../../src/audit/reader.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { PROBE_INPUT } from '../../../src/policy/serving/probe.js';
import { entry, event, scratchFolder } from './fakes.js';

const QUERY = { sinceMs: 0, limit: 10_000 };

/** A granted decision; a member of `members` that is undefined is left out. */
function decision(id: string, members: Readonly<Record<string, unknown>> = {}): AuditEvent {
  return event({
    agent_id: 'crawler',
    resource: 'stripe',
    decision_id: id,
    effect: 'allow',
    scopes_granted: ['a'],
    ttl_seconds_granted: 60,
    rules: ['r'],
    policy_revision: 'rev',
    input_digest: 'sha256:00',
    policy_input: PROBE_INPUT,
    ...members,
  });
}

describe('recorded decisions', () => {
  const scratch = scratchFolder();
  let path: string;
  let store: AuditStore;
  let reader: AuditReader;
  let files = 0;
  let last: { epoch: string; streamId: string } | undefined;

  beforeEach(() => {
    path = join(scratch.folder, `inputs${String(files++)}`, 'audit.db');
    store = openAuditStore(path, { endpoints: ['soc'] });
    reader = openAuditReader(path);
    last = undefined;
  });
  afterEach(() => {
    reader.close();
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  function append(...events: AuditEvent[]): void {
    for (const one of events) {
      const seq = Number(last?.streamId.split('-')[1] ?? 0) + 1;
      const added = entry(seq, [one]);
      const next = { epoch: 'e1', streamId: added.streamId };
      store.appendBatch(0, last, [added], next);
      last = next;
    }
  }
  const read = (more: object = {}): readonly string[] =>
    [...reader.recordedDecisions({ ...QUERY, ...more })].map(({ decision_id: id }) => id);

  it('come back with their input and outcome, which no other reader of events is shown', () => {
    const alarm = decision('d1', { type: 'access.denied', effect: 'deny', alarms: ['honey'] });
    append({ ...alarm, scopes_granted: [], ttl_seconds_granted: 0 });
    expect(reader.decision('d1')).to.deep.include({
      decision_id: 'd1',
      agent_id: 'crawler',
      input: PROBE_INPUT,
      outcome: { effect: 'deny', scopes: [], ttlSeconds: 0 },
    });
    const { items } = store.query({ cursor: undefined, limit: 10, order: 'asc' });
    const [delivery] = store.deliveries.list({ cursor: undefined, limit: 1 }).items;
    const shown = [
      items,
      store.eventsAfter(0, 10),
      store.deliveries.find(delivery?.id ?? '')?.event,
    ];
    expect(JSON.stringify(shown)).to.contain('crawler').and.not.contain('countersign-probe');
  });

  it('are read once each, newest first, page by page, by time, agent and limit', () => {
    append(...Array.from({ length: 1_203 }, (_, i) => decision(`d${String(i + 1)}`)));
    append(decision('other', { agent_id: 'writer' }), event({ type: 'token.expired' }));
    expect(read()).to.deep.equal([
      'other',
      ...Array.from({ length: 1_203 }, (_, i) => `d${String(1_203 - i)}`),
    ]);
    expect(read({ agentId: 'writer' })).to.deep.equal(['other']);
    expect(read({ limit: 501 })).to.have.length(501);
    expect(read({ sinceMs: 1_003, untilMs: 1_004 })).to.deep.equal(['d4', 'd3']);
  });

  it('come in order out of an index, so that a page costs no more however many there are', () => {
    const database = openWritable(path);
    for (const ofAgent of [false, true]) {
      const values = [0, 9, 9, ...(ofAgent ? ['crawler'] : []), 5];
      const plan = database.all(`EXPLAIN QUERY PLAN ${pageSql(ofAgent)}`, values);
      expect(JSON.stringify(plan))
        .to.contain('SEARCH e USING INDEX')
        .and.not.contain('TEMP B-TREE');
    }
    database.close();
  });

  it('say why they cannot be replayed, and are never left out: one without its credentials can', () => {
    const none = { policy_input: undefined };
    const before = { policy_revision: undefined, ...none };
    const revoked = { type: 'access.denied', rules: ['countersign.revoked'] } as const;
    append(
      event({ type: 'access.rate_limited', decision_id: 'limited' }),
      decision('quarantined', { type: 'access.denied', ...before }),
      decision('revoked', revoked),
      decision('old', none),
      decision('large', { not_replayable: 'input_too_large', ...none }),
      decision('secret', {
        policy_input: {
          ...PROBE_INPUT,
          request: { ...PROBE_INPUT.request, declared: { reason: `csa_${'x'.repeat(20)}` } },
        },
      }),
    );
    const why = [...reader.recordedDecisions(QUERY)].map(
      ({ decision_id: id, why_not, input }) => `${id} ${why_not ?? ''} ${typeof input}`,
    );
    expect(why.reverse()).to.deep.equal([
      'limited decided_before_policy undefined',
      'quarantined decided_before_policy undefined',
      'revoked decided_after_policy undefined',
      'old not_recorded undefined',
      'large input_too_large undefined',
      'secret  object',
    ]);
  });

  it('lose their input when their event goes', () => {
    append(decision('d1'), decision('d2'));
    const database = openWritable(path);
    database.exec("DELETE FROM events WHERE decision_id = 'd1'");
    expect(database.all('SELECT event_row FROM decision_inputs')).to.deep.equal([{ event_row: 2 }]);
    database.close();
  });

  it('can be read from a store that an older version made', () => {
    const old = join(scratch.folder, `inputs${String(files++)}`, 'audit.db');
    const database = openWritable(old);
    database.exec(MIGRATIONS[0] ?? '');
    database.exec('PRAGMA user_version = 1');
    database.close();
    const upgraded = openAuditStore(old);
    const events = [decision('d1')];
    upgraded.appendBatch(0, undefined, [entry(1, events)], { epoch: 'e1', streamId: '1001-1' });
    upgraded.close();
    const again = openAuditReader(old);
    expect(again.decision('d1')?.input).to.deep.equal(PROBE_INPUT);
    again.close();
  });

  it('a conflict of identities does not carry an input into the record', () => {
    const at = (id: string): [ReturnType<typeof entry>] => [entry(1, [decision(id)])];
    const first = { epoch: 'e1', streamId: '1001-1' };
    store.appendBatch(0, undefined, at('d1'), first);
    store.appendBatch(0, first, at('d2'), first);
    const page = store.query({ cursor: undefined, limit: 10, order: 'asc', type: 'audit.gap' });
    expect(JSON.stringify(page)).to.contain('d2').and.not.contain('countersign-probe');
  });
});

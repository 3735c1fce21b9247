import { expect } from 'chai';
import { join } from 'node:path';
import { openWritable } from '../../../src/audit/database.js';
import { PLACES_SQL } from '../../../src/audit/decision-places.js';
import { openAuditReader, type AuditReader } from '../../../src/audit/reader.js';
import { openAuditStore } from '../../../src/audit/store.js';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { PROBE_INPUT } from '../../../src/policy/serving/probe.js';
import { entry, event, scratchFolder } from './fakes.js';

const PERIOD = { sinceMs: 0, untilMs: Number.MAX_SAFE_INTEGER };

function decision(id: string, members: Readonly<Record<string, unknown>> = {}): AuditEvent {
  return event({
    ...{ agent_id: 'crawler', resource: 'stripe', decision_id: id, effect: 'allow' },
    ...{ scopes_requested: ['a', 'b'], scopes_granted: ['a'], rules: ['r'] },
    ...{ policy_revision: 'rev', input_digest: 'sha256:00', policy_input: PROBE_INPUT },
    ...members,
  });
}

describe('the places of decisions', () => {
  const scratch = scratchFolder();
  const path = join(scratch.folder, 'audit.db');
  let reader: AuditReader;

  before(() => {
    const store = openAuditStore(path);
    const none = { policy_input: undefined };
    const events = [
      decision('d1'),
      event({ type: 'access.rate_limited', agent_id: 'flood' }),
      decision('d2', { type: 'access.denied', effect: 'deny', scopes_granted: undefined }),
      decision('none', { type: 'access.denied', policy_revision: undefined }),
      decision('revoked', { type: 'access.denied', rules: ['countersign.revoked'] }),
      decision('large', { not_replayable: 'input_too_large', ...none }),
      decision('off', { not_replayable: 'inputs_off', ...none }),
      decision('old', none),
      decision('d3'),
    ];
    const entries = events.map((one, i) => entry(i + 1, [one]));
    const last = { epoch: 'e1', streamId: entries.at(-1)?.streamId ?? '' };
    store.appendBatch(0, undefined, entries, last);
    store.close();
    reader = openAuditReader(path);
  });
  after(() => {
    reader.close();
    scratch.remove();
  });

  it('are those that a policy decided, with the state of their input, newest first of each type', () => {
    const places = [...reader.places(PERIOD)];
    expect(places.filter((one) => one === undefined)).to.have.length(2);
    expect(places.flatMap((one) => (one === undefined ? [] : [one.input]))).to.deep.equal([
      ...['stored', 'stored', 'never', 'never', 'missing', 'stored'],
    ]);
    // Denials first: a grant cannot be new where all was granted.
    expect(places.find((one) => one?.effect === 'allow')).to.deep.equal({
      ...{ row: 9, agentId: 'crawler', resource: 'stripe', scopes: ['a', 'b'], effect: 'allow' },
      ...{ granted: ['a'], rules: ['r'], input: 'stored' },
    });
    expect(reader.countPlaces(PERIOD)).to.equal(places.length);
  });

  it('lead to the decisions, in the given order', () => {
    const ids = [...reader.decisionsAt([3, 9, 77, 1])].map(([row, one]) => [row, one.decision_id]);
    expect(ids).to.deep.equal([
      [3, 'd2'],
      [9, 'd3'],
      [1, 'd1'],
    ]);
  });

  it('are bounded by a period', () => {
    expect([...reader.places({ sinceMs: 1009, untilMs: 1009 })]).to.have.length(1);
    expect(reader.countPlaces({ sinceMs: 1009, untilMs: 1009 })).to.equal(1);
  });

  it('come in order out of the index of types, so that other types cost nothing', () => {
    const database = openWritable(path);
    const plan = database.all(`EXPLAIN QUERY PLAN ${PLACES_SQL}`, ['access.denied', 0, 9, 9, 5]);
    database.close();
    expect(JSON.stringify(plan))
      .to.contain('SEARCH e USING INDEX events_by_type')
      .and.not.contain('TEMP B-TREE');
  });
});

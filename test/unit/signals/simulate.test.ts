import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { simulate } from '../../../src/signals/simulation/simulate.js';
import {
  HOUR_MS,
  OPTIONS,
  Scripted,
  at,
  recordOf,
  simulated as run,
} from '../../support/simulated-record.js';

describe('simulation of thresholds', () => {
  it('stops no agent with a score below the threshold', () => {
    const report = run([at(11, { resource: '0.4' }), at(12)]);
    expect(report).to.include({ agents: 1, events: 2, stopped: 0, stepped_up: 0 });
    expect(report.stops).to.deep.equal([]);
  });

  it('weighs refusals that were counted in one event by their number', () => {
    const counted = at(12, { type: 'access.rate_limited', count: 40, bucket: 'agent' });
    const [stop] = run([at(11, { resource: '0.9' }), counted]).stops;
    expect(stop).to.include({ later_requests: 40, denied_grants: 1 });
  });

  it('says when an agent would have been stopped, why, and what of the rest would not have been', () => {
    const report = run([
      at(9.5, { expires_at_ms: 11.5 * HOUR_MS }),
      at(9.5, { expires_at_ms: 10.5 * HOUR_MS }),
      at(11, { resource: '0.9' }),
      at(12),
      at(13, { type: 'access.denied' }),
      at(14, { resource: '0.95' }),
    ]);
    expect(report.stopped).to.equal(1);
    expect(report.stops).to.deep.equal([
      {
        agent: 'a',
        at_ms: 11 * HOUR_MS,
        decision_id: 'dec_11',
        anomaly: 0.9,
        signals: [
          { name: 'surge', value: 9, expected: 1, score: 2, sentence: 'surge: 9, expected 1' },
        ],
        later_requests: 3,
        denied_grants: 3,
        tokens_cut: 1,
      },
    ]);
  });

  it('counts the questions of an agent about itself as the service did, and no others', () => {
    const model = new Scripted();
    const question = (members: Partial<AuditEvent>): Partial<AuditEvent> => ({
      type: 'policy.evaluated',
      ...members,
    });
    const report = run(
      [
        at(11, question({ resource: '0.1', detail: { counted: 'request' } })),
        at(12, question({ resource: '0.1', effect: 'deny', detail: { counted: 'denial' } })),
        at(13, question({ resource: '0.95', effect: 'deny', detail: { answer: false } })),
        at(14, question({ resource: '0.95', detail: { counted: 'denial' }, honey_scopes: 1 })),
        at(15),
      ],
      { model },
    );
    const seen = model.seen.map(({ requests, denials, honeyScopes }) => [
      ...[requests, denials, honeyScopes],
    ]);
    expect(seen).to.deep.equal([
      ...[
        [1, 0, 0],
        [1, 0, 0],
        [0, 1, 0],
        [1, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ],
    ]);
    expect(report.stops).to.have.length(1);
    expect(report.stops[0]).to.include({ decision_id: 'dec_14', denied_grants: 1 });
  });

  it('counts step-ups until a stop', () => {
    const report = run([
      at(11, { resource: '0.5' }),
      at(12, { resource: '0.8', type: 'access.denied' }),
      at(13, { resource: '0.9' }),
      at(14, { resource: '0.6' }),
    ]);
    expect(report.step_ups).to.have.length(1);
    expect(report.step_ups[0]).to.deep.include({ at_ms: 11 * HOUR_MS, requests: 2, grants: 1 });
  });

  it('learns from the events before the start, and does not count them', () => {
    const model = new Scripted();
    const report = run([at(4), at(6, { resource: '0.99' }), at(11)], { model });
    expect(report).to.include({ stopped: 0, events: 2 });
    expect(model.starts).to.deep.equal([6 * HOUR_MS]);
  });

  it('leaves out agents that did nothing in the time', () => {
    expect(run([at(6, { agent_id: 'b' }), at(11)]).agents).to.equal(1);
  });

  it('looks only at the agents that were named', () => {
    const events = [at(11, { resource: '0.9' }), at(11, { agent_id: 'b', resource: '0.9' })];
    const report = run(events, { only: new Set(['b']) });
    expect(report.stops.map(({ agent }) => agent)).to.deep.equal(['b']);
  });

  it('does not act where no policy was asked', () => {
    const { policy_revision: _none, ...limited } = at(11, { resource: '0.99' });
    expect(run([{ ...limited, type: 'access.rate_limited' }]).stopped).to.equal(0);
  });

  it('gives the model what the service would have: honey, denials after they were scored, revocations', () => {
    const model = new Scripted();
    run(
      [
        at(10, {
          type: 'revocation.applied',
          agent_id: 'b',
          detail: { by: 'session', value: 's' },
        }),
        at(11, {
          type: 'access.denied',
          resource: 'stripe',
          scopes_requested: ['x', 'y'],
          honey_scopes: 1,
          session_id: 's',
        }),
        at(12, { type: 'access.denied', codes: ['agent_quarantined'] }),
        at(13, { type: 'access.review_required' }),
        at(14, { type: 'token.misused', detail: { resource_servers: ['x', 'y'] } }),
      ],
      { model },
    );
    const none = { scopes: [], honeyScopes: 0, misuse: 0, revokedMs: 0 };
    const request = { requests: 1, denials: 0, ...none };
    expect(model.seen).to.deep.equal([
      {
        ...request,
        resource: 'stripe',
        scopes: ['x', 'y'],
        honeyScopes: 1,
        misuse: 0,
        revokedMs: 10 * HOUR_MS,
        atMs: 11 * HOUR_MS,
      },
      { requests: 0, denials: 1, ...none, atMs: 11 * HOUR_MS },
      { ...request, atMs: 12 * HOUR_MS },
      { ...request, atMs: 13 * HOUR_MS },
      { ...request, requests: 0, misuse: 2, atMs: 14 * HOUR_MS },
    ]);
  });

  it('does to the signals what a release did', () => {
    for (const [signals, starts, settled] of [
      ['forgotten', 2, []],
      ['settled', 1, [12 * HOUR_MS]],
      ['kept', 1, []],
    ] as const) {
      const model = new Scripted();
      const detail = { status: 'active', previous: 'quarantined', signals };
      run([at(11), at(12, { type: 'agent.status_changed', detail }), at(13)], { model });
      expect(model.starts, signals).to.have.length(starts);
      expect(model.settled, signals).to.deep.equal(settled);
    }
  });

  it('does not count tokens that an operator cut before', () => {
    const detail = { status: 'quarantined' };
    const { decision_id: _none, ...cut } = at(11, { type: 'agent.status_changed', detail });
    const report = run([at(10, { expires_at_ms: 15 * HOUR_MS }), cut, at(12, { resource: '0.9' })]);
    expect(report.stops[0]?.tokens_cut).to.equal(0);
  });

  it('counts the tokens that its own quarantine cut, which is recorded before the denial', () => {
    const detail = { status: 'quarantined' };
    const report = run([
      at(10, { expires_at_ms: 15 * HOUR_MS }),
      at(11, { type: 'agent.status_changed', detail, decision_id: 'dec_x' }),
      at(11, { type: 'access.denied', resource: '0.9', decision_id: 'dec_x' }),
    ]);
    expect(report.stops[0]?.tokens_cut).to.equal(1);
  });

  it('ends at its deadline, and reports no agent with half of its events', () => {
    let now = 0;
    const events = [at(11, { resource: '0.9' }), at(11, { agent_id: 'b', resource: '0.9' })];
    const report = run(events, { clock: () => (now += 60) });
    expect(report).to.include({ agents: 1, stopped: 1, ended: 'deadline' });
  });

  it('lists the first thousand in order of time, and counts them all', () => {
    const events = Array.from({ length: 2500 }, (_, i) =>
      at(11 + (2500 - i) / 1000, { agent_id: `a${String(i)}`, resource: '0.9' }),
    );
    const { stopped, stops } = run(events);
    expect([stopped, stops.length]).to.deep.equal([2500, 1000]);
    const times = stops.map(({ at_ms: ms }) => ms);
    expect(times).to.deep.equal([...times].sort((a, b) => a - b));
    expect(times[0]).to.equal(Math.min(...events.map(({ time_ms: ms }) => ms)));
  });

  it('a higher threshold never stops more, nor earlier', () => {
    const score = fc.integer({ min: 0, max: 99 }).map((n) => String(n / 100));
    fc.assert(
      fc.property(
        fc.array(score, { minLength: 1, maxLength: 20 }),
        fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 })),
        (scores, [one, other]) => {
          const events = scores.map((resource, i) => at(11 + i / 10, { resource }));
          const stopAt = (quarantine: number): number =>
            simulate({
              record: recordOf(events),
              model: new Scripted(),
              options: { ...OPTIONS, stepUp: 0, quarantine },
              clock: () => 0,
              budgetMs: 1,
            }).stops[0]?.at_ms ?? Number.POSITIVE_INFINITY;
          const [low, high] = [Math.min(one, other) / 100, Math.max(one, other) / 100];
          expect(stopAt(low)).to.be.at.most(stopAt(high));
        },
      ),
    );
  });
});

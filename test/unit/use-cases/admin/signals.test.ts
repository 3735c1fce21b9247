import { expect } from 'chai';
import { createSignalOperations } from '../../../../src/use-cases/admin/signals.js';
import type { AuditEvent } from '../../../../src/domain/audit.js';
import { CountersignError } from '../../../../src/domain/errors.js';
import type { AgentRecord } from '../../../../src/domain/records.js';
import type { SignalHistory, SignalReader } from '../../../../src/domain/signal-ports.js';
import type { SignalProfile } from '../../../../src/domain/signals.js';
import { AGENT } from '../../../support/fake-records.js';
import { AGENT_SIGNALS, PROFILE } from '../../../support/fake-signals.js';

const NOW = 1_700_000_000_000;
const CONTEXT = { requestId: 'req_1', principal: { kind: 'admin', id: 'ops' } } as const;

function world(profile: SignalProfile | 'none' = PROFILE) {
  const asked: [string, number, number][] = [];
  const resets: [string, AuditEvent][] = [];
  const agents = new Map<string, AgentRecord>([
    ['demo-agent', AGENT],
    ['gone', { ...AGENT, status: 'deleted' }],
  ]);
  const history: { answer: Awaited<ReturnType<SignalHistory['series']>> } = {
    answer: AGENT_SIGNALS.series ?? '',
  };
  const reader: SignalReader = {
    read: () => Promise.resolve(profile === 'none' ? undefined : profile),
    export: () => Promise.resolve(profile === 'none' ? undefined : { events: 1 }),
    reset: (id, event) => {
      resets.push([id, event]);
      return Promise.resolve();
    },
  };
  const operations = createSignalOperations({
    agents: { read: (id) => Promise.resolve(agents.get(id)) },
    reader,
    historyFor: () => ({
      series: (id, since, until) => {
        asked.push([id, since, until]);
        return Promise.resolve(history.answer);
      },
    }),
    clock: { nowMs: () => NOW },
  });
  return { operations, asked, resets, history };
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof CountersignError ? error.code : String(error);
}

describe('looking at signals', () => {
  it('shows profile, series and a sentence for each term', async () => {
    const { operations, asked } = world();
    const shown = await operations.show('demo-agent', undefined, CONTEXT);
    expect(shown.series).to.deep.equal(AGENT_SIGNALS.series);
    expect(shown.profile.terms[0]).to.deep.equal({
      name: 'denials_60m',
      value: 14,
      expected: 0.3,
      score: 12.5,
      sentence: 'denials: 14 in 60 min, expected 0.3',
    });
    expect(asked).to.deep.equal([['demo-agent', NOW - 7 * 86_400_000, NOW]]);
  });

  it('says why there is no series, and still shows the profile', async () => {
    const { operations, history } = world();
    history.answer = 'not here';
    const shown = await operations.show('demo-agent', 5, CONTEXT);
    expect(shown).to.not.have.property('series');
    expect(shown.series_missing).to.equal('not here');
    expect(shown.profile.events).to.equal(PROFILE.events);
  });

  it('shows an agent without state as one that learns', async () => {
    const empty = world('none');
    const shown = await empty.operations.show('demo-agent', undefined, CONTEXT);
    expect(shown.profile).to.include({ version: 0, learning: true, events: 0, anomaly: 0 });
    expect(shown.profile).to.not.have.property('since_ms');
    expect((await empty.operations.export('demo-agent')).state).to.equal(null);
    expect((await world().operations.export('demo-agent')).state).to.deep.equal({ events: 1 });
  });

  it('records who reset it and why', async () => {
    const { operations, resets } = world();
    await operations.reset('demo-agent', 'another job', CONTEXT);
    expect(resets).to.deep.equal([
      [
        'demo-agent',
        {
          type: 'signals.reset',
          request_id: 'req_1',
          principal: CONTEXT.principal,
          agent_id: 'demo-agent',
          detail: { reason: 'another job' },
        },
      ],
    ]);
  });

  for (const id of ['nobody', 'gone']) {
    it(`not_found: ${id}`, async () => {
      const { operations, resets, asked } = world();
      expect(await codeOf(operations.show(id, undefined, CONTEXT))).to.equal('not_found');
      expect(await codeOf(operations.reset(id, 'x', CONTEXT))).to.equal('not_found');
      expect(await codeOf(operations.export(id))).to.equal('not_found');
      expect([resets, asked]).to.deep.equal([[], []]);
    });
  }

  it('invalid_request: since in the future', async () => {
    expect(await codeOf(world().operations.show('demo-agent', NOW + 1, CONTEXT))).to.equal(
      'invalid_request',
    );
  });
});

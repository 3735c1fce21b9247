import { expect } from 'chai';
import fc from 'fast-check';
import { join } from 'node:path';
import { DecisionPump, type PumpOptions } from '../../../../src/audit/decision-log/pump.js';
import type { Loss } from '../../../../src/audit/decision-log/loss.js';
import { sinkName, type DecisionSource } from '../../../../src/audit/decision-log/source.js';
import { openAuditStore, type AuditStore } from '../../../../src/audit/store.js';
import { event, scratchFolder } from '../fakes.js';
import { denial, MemoryDecisionSink, PREPARE, Writer } from './world.js';

class Crash extends Error {}
const running = new AbortController().signal;

describe('decision log pump', () => {
  const scratch = scratchFolder();
  let files = 0;
  let store: AuditStore;
  let writer: Writer;
  let sink: MemoryDecisionSink;
  let lost: Loss[];
  let failedRules: string[];
  const open = (): AuditStore =>
    openAuditStore(join(scratch.folder, `log${String(files)}.db`), { endpoints: ['ops'] });

  beforeEach(() => {
    files++;
    store = open();
    writer = new Writer(() => store);
    sink = new MemoryDecisionSink();
    lost = [];
    failedRules = [];
  });
  afterEach(() => {
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  function pump(
    options: Partial<PumpOptions> = {},
    source: DecisionSource = store.decisions,
  ): DecisionPump {
    return new DecisionPump(source, sink, {
      prepare: PREPARE,
      rules: () => Promise.resolve({}),
      bufferMaxBytes: 1_000_000,
      onLost: (loss) => lost.push(loss),
      onRuleFailed: (rule, why, events) => failedRules.push(`${rule} ${why} ${String(events)}`),
      ...options,
    });
  }

  it('begins with the next decision and delivers decisions only, in order', async () => {
    writer.append(denial('before'));
    const one = pump();
    writer.append(denial('d1'), event({ type: 'token.introspected' }), denial('d2'));
    writer.append(event({ type: 'access.refused' }), denial('d3'), denial('d4'));
    await one.drain(running);
    expect(sink.ids()).to.deep.equal(['d1', 'd2', 'd3', 'd4']);
    await pump().drain(running);
    expect(sink.ids()).to.have.length(4);
    expect(store.decisions.position('memory')).to.equal(store.lastRow());
    expect(store.decisions.state('memory')).to.include({
      sent: 4,
      chunks_sent: 2,
      waiting_events: 0,
      waiting_bytes: 0,
    });
  });

  it('keeps what a failing sink did not take, says how much waits, and delivers it later', async () => {
    const one = pump();
    writer.append(denial('d1'), denial('d2'));
    sink.onStep = () => {
      throw new Error('the disk is full');
    };
    const failure = await one.drain(running).catch(String);
    expect(failure).to.contain('the disk is full');
    const state = store.decisions.state('memory');
    expect(state).to.include({ waiting_events: 2, sent: 0 });
    expect(state?.waiting_bytes).to.be.greaterThan(300);
    expect(state?.failure).to.deep.equal({ message: 'the disk is full' });
    sink.onStep = () => undefined;
    await one.drain(running);
    expect(sink.ids()).to.deep.equal(['d1', 'd2']);
    expect(store.decisions.state('memory')).not.to.have.property('failure');
  });

  it('past the cap gives up the oldest, with a count, an event in the record and a webhook', async () => {
    const one = pump({ bufferMaxBytes: 65_536 });
    sink.onStep = () => {
      throw new Error('down');
    };
    for (let i = 0; i < 400; i++) writer.append(denial(`d${String(i)}`));
    await one.drain(running).catch(() => undefined);
    const state = store.decisions.state('memory');
    const gone = state?.lost_overflow ?? 0;
    expect(gone).to.be.within(100, 350);
    expect(lost.map(({ events }) => events)).to.deep.equal([gone]);
    expect(state?.waiting_events).to.equal(400 - gone);
    expect(state?.waiting_bytes).to.be.within(32_768, 65_536);
    const [gap] = store.query({
      type: 'audit.gap',
      cursor: undefined,
      limit: 5,
      order: 'asc',
    }).items;
    expect(gap?.alarms).to.deep.equal(['decision_log_lost']);
    expect(gap?.detail).to.deep.include({
      kind: 'decision_log_overflow',
      sink: 'memory',
      lost: gone,
      from: new Date(1_001).toISOString(),
      to: new Date(1_000 + gone).toISOString(),
    });
    expect(store.deliveries.pending(5)).to.have.length(1);
    sink.onStep = () => undefined;
    await one.drain(running);
    expect(sink.ids()).to.deep.equal(
      Array.from({ length: 400 - gone }, (_, i) => `d${String(i + gone)}`),
    );
  });

  it('measures a backlog that it finds at start', async () => {
    pump();
    for (let i = 0; i < 300; i++) writer.append(denial(`d${String(i)}`));
    sink.onStep = () => {
      throw new Error('down');
    };
    await pump({ bufferMaxBytes: 65_536 })
      .drain(running)
      .catch(() => undefined);
    expect(store.decisions.state('memory')?.lost_overflow).to.be.greaterThan(0);
  });

  it('counts what the drop rule drops and what the mask fails on, and waits when no bundle is known', async () => {
    const one = pump({
      rules: () =>
        Promise.resolve({
          drop: { evaluate: ({ decision_id: id }) => id === 'd2' },
          mask: 'missing' as const,
        }),
    });
    writer.append(denial('d1'), denial('d2'), denial('d3'));
    await one.drain(running);
    expect(sink.ids()).to.deep.equal(['d1', 'd3']);
    expect(store.decisions.state('memory')).to.include({
      sent: 2,
      dropped_by_rule: 1,
      mask_errors: 2,
    });
    expect(failedRules).to.deep.equal(['mask the bundle does not have the entrypoint 2']);
    writer.append(denial('d4'));
    const unknown = await pump({ rules: () => Promise.reject(new Error('no bundle')) })
      .drain(running)
      .catch(String);
    expect(unknown).to.contain('no bundle');
    expect(sink.ids()).not.to.include('d4');
  });

  it('gives up one event that is too large in any form, and reports it', async () => {
    const one = pump();
    writer.append(denial('huge'), denial('d2'));
    const deliver = sink.deliver.bind(sink);
    sink.deliver = (events) =>
      events[0]?.decision_id === 'huge'
        ? Promise.resolve({ taken: 1, outcome: 'too_large', cut: 0 })
        : deliver(events);
    await one.drain(running);
    expect(sink.ids()).to.deep.equal(['d2']);
    expect(store.decisions.state('memory')).to.include({ lost_too_large: 1, sent: 1 });
    expect(lost.map(({ reason }) => reason)).to.deep.equal(['too_large']);
  });

  it('loses nothing when two processes drain one sink, and starts over from where the other one is', async () => {
    const [one, two] = [pump(), pump()];
    for (let i = 0; i < 30; i++) writer.append(denial(`d${String(i)}`));
    await Promise.all([one.drain(running), two.drain(running)]);
    expect(new Set(sink.ids()).size).to.equal(30);
    expect(store.decisions.position('memory')).to.equal(store.lastRow());
  });

  it('a process that is behind another one moves nothing back, and sends no more of what that one sent', async () => {
    const [slow, quick] = [pump(), pump()];
    for (let i = 0; i < 9; i++) writer.append(denial(`d${String(i)}`));
    let others: Promise<void> | undefined;
    const deliver = sink.deliver.bind(sink);
    sink.deliver = async (events) => {
      sink.deliver = deliver;
      others = quick.drain(running);
      await others;
      return deliver(events);
    };
    await slow.drain(running);
    expect(others).not.to.equal(undefined);
    // The chunk that the slow one had in hand, and nothing else, is there twice.
    expect(sink.ids()).to.have.length(9 + sink.most);
    expect(store.decisions.position('memory')).to.equal(store.lastRow());
    expect(store.decisions.state('memory')).to.include({ sent: 9 });
  });

  /** The source, with crash points around what moves the position. */
  function crashing(source: DecisionSource, onStep: (step: string) => void): DecisionSource {
    return {
      ...source,
      advance: (...args) => {
        onStep('before advance');
        const moved = source.advance(...args);
        onStep('after advance');
        return moved;
      },
      keepState: () => undefined,
    };
  }

  const step = fc.oneof(
    fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 6 }) }),
    fc.record({
      do: fc.constant('drain' as const),
      crashAt: fc.option(fc.integer({ min: 1, max: 12 })),
      most: fc.integer({ min: 1, max: 4 }),
    }),
  );

  it('loses nothing, keeps the order, and repeats one chunk at most for each crash, wherever it crashes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
        files++;
        store.close();
        store = open();
        writer = new Writer(() => store);
        sink = new MemoryDecisionSink();
        pump();
        let written = 0;
        let crashes = 0;
        for (const one of [...steps, { do: 'drain' as const, crashAt: null, most: 3 }]) {
          if (one.do === 'append') {
            for (let i = 0; i < one.count; i++) {
              written += 1;
              writer.append(denial(String(written)), event({ type: 'token.introspected' }));
            }
            continue;
          }
          let left = one.crashAt ?? Infinity;
          const onStep = (): void => {
            if (--left === 0) throw new Crash();
          };
          sink.onStep = onStep;
          sink.most = one.most;
          try {
            await pump({}, crashing(store.decisions, onStep)).drain(running);
          } catch (error) {
            if (!(error instanceof Crash)) throw error;
            crashes += 1;
            store.close();
            store = open();
          }
        }
        const ids = sink.ids().map(Number);
        expect([...new Set(ids)]).to.deep.equal(Array.from({ length: written }, (_, i) => i + 1));
        expect(ids.length - written).to.be.at.most(crashes * 4);
        for (const [i, id] of ids.entries()) {
          // Forward by one, or back by no more than the chunk that was not confirmed.
          const before = ids[i - 1];
          if (before !== undefined && id !== before + 1) expect(before - id).to.be.within(0, 3);
        }
      }),
      { numRuns: 60 },
    );
  }).timeout(60_000);

  it('has a separate name in the table of positions', () => {
    expect(sinkName('http')).to.equal('decision-log:http');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openReadable } from '../../../src/audit/database.js';
import { usedBytes } from '../../../src/audit/retention.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditEvent, StoredAuditEvent } from '../../../src/domain/audit.js';
import { entry, event, scratchFolder } from './fakes.js';

const DAY_MS = 86_400_000;
const NOW_MS = 2_000 * DAY_MS;
const MAX_AGE_MS = 90 * DAY_MS;
const REPLAY_MS = 30 * DAY_MS;
const WIDE = 'x'.repeat(2_000);

const CLASS_OF: Readonly<Record<string, number>> = {
  'access.rate_limited': 0,
  'access.denied': 1,
  'token.introspected': 1,
  'access.granted': 2,
  'revocation.applied': 2,
};

interface Made {
  readonly type: AuditEvent['type'];
  readonly ageDays: number;
  readonly delivered: boolean;
}

const made: fc.Arbitrary<Made> = fc.record({
  type: fc.constantFrom(...(Object.keys(CLASS_OF) as AuditEvent['type'][])),
  ageDays: fc.integer({ min: 1, max: 200 }),
  delivered: fc.boolean(),
});

describe('pruning of the audit store', function () {
  this.timeout(60_000);
  const scratch = scratchFolder();
  let files = 0;
  after(() => {
    scratch.remove();
  });

  function fill(store: AuditStore, events: readonly Made[]): void {
    const entries = events.map(({ type, ageDays }, i) => {
      const tickMs = NOW_MS - ageDays * DAY_MS;
      const counted = type === 'access.rate_limited' ? { count: 5, last_at_ms: tickMs } : {};
      const one = event({ type, request_id: String(i), declared_reason: WIDE, ...counted });
      return entry(i + 1, [one], { tickMs });
    });
    store.appendBatch(0, undefined, entries, { epoch: 'e1', streamId: '1-1' });
    const pending = store.deliveries.pending(500);
    for (const id of pending) {
      const found = store.deliveries.find(id);
      if (events[Number(found?.event.request_id)]?.delivered !== true) continue;
      store.deliveries.recordAttempt(id, { state: 'delivered', error: undefined, atMs: NOW_MS });
    }
  }

  function all(store: AuditStore): StoredAuditEvent[] {
    const items: StoredAuditEvent[] = [];
    for (let cursor: string | undefined; ;) {
      const page = store.query({ cursor, limit: 500, order: 'asc' });
      items.push(...page.items);
      if (page.nextCursor === undefined) return items;
      cursor = page.nextCursor;
    }
  }

  async function prune(
    events: readonly Made[],
    options: { readonly read: number; readonly maxBytes: number },
  ): Promise<{
    left: Set<number>;
    gone: number[];
    pruned: StoredAuditEvent[];
    excess: number;
    path: string;
  }> {
    const path = join(scratch.folder, `${String(files++)}.db`);
    const store = openAuditStore(path, { endpoints: ['soc'] });
    fill(store, events);
    store.moveSink('file', options.read);
    const pruner = store.pruner({
      limits: { maxAgeMs: MAX_AGE_MS, maxBytes: options.maxBytes },
      readers: { sinks: ['file'], replayMs: REPLAY_MS },
      nowMs: () => NOW_MS,
      rows: 7,
    });
    expect(
      (await pruner.run()).pruned,
      'the first run only looks where the store stands',
    ).to.deep.equal([]);
    const stop = new AbortController();
    stop.abort();
    expect((await pruner.run(stop.signal)).pruned, 'the worker stops').to.deep.equal([]);
    const { excessBytes } = await pruner.run();
    const items = all(store);
    store.close();
    const left = new Set(items.flatMap((one) => one.request_id ?? []).map(Number));
    return {
      left,
      gone: events.map((_, i) => i).filter((i) => !left.has(i)),
      pruned: items.filter(({ type }) => type === 'audit.pruned'),
      excess: excessBytes,
      path,
    };
  }

  /** What neither age nor size may take, and why. */
  function heldBy({ type, ageDays, delivered }: Made, i: number, read: number): string | undefined {
    if (i + 1 > read) return 'a sink';
    if (type === 'revocation.applied' && !delivered) return 'a webhook';
    const decision = type === 'access.granted' || type === 'access.denied';
    return decision && ageDays * DAY_MS <= REPLAY_MS ? 'the replay window' : undefined;
  }

  for (const [name, maxBytes] of [
    ['by age', Number.MAX_SAFE_INTEGER],
    ['by size', 1],
  ] as const) {
    it(`${name}: takes nothing that is still read, and everything else that is past`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(made, { maxLength: 60 }), fc.nat(60), async (events, read) => {
          const { left } = await prune(events, { read, maxBytes });
          for (const [i, one] of events.entries()) {
            const aged = one.ageDays * DAY_MS > MAX_AGE_MS;
            const past = aged || (name === 'by size' && one.type !== 'revocation.applied');
            const held = heldBy(one, i, read);
            expect(
              left.has(i),
              `${one.type} of ${String(one.ageDays)} days, ${held ?? 'free'}`,
            ).to.equal(!past || held !== undefined);
          }
        }),
        { numRuns: 40 },
      );
    });
  }

  it('is on the record: what went is in an event with class, reason, range and count, and nothing else is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(made, { maxLength: 60 }), fc.nat(60), async (events, read) => {
        const { gone, pruned } = await prune(events, { read, maxBytes: 1 });
        const details = pruned.map(({ detail }) => detail ?? {});
        expect(details.reduce((sum, { events: n }) => sum + Number(n), 0)).to.equal(gone.length);
        for (const i of gone) {
          const { type, ageDays } = events[i]!;
          const atMs = NOW_MS - ageDays * DAY_MS;
          const kind = ['refusals', 'routine', 'lasting'][CLASS_OF[type] ?? 2];
          const match = details.filter(
            (one) =>
              one['class'] === kind &&
              Number(one['from_ms']) <= atMs &&
              Number(one['to_ms']) >= atMs &&
              Number(one['first_row']) <= i + 1 &&
              Number(one['last_row']) >= i + 1,
          );
          expect(match, type).to.have.lengthOf.at.least(1);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('takes refusals first and grants last while the file is over its size, the oldest of each first', async () => {
    const types = Object.keys(CLASS_OF) as AuditEvent['type'][];
    const events = Array.from({ length: 300 }, (_, i): Made => {
      return { type: types[i % types.length]!, ageDays: 40 + (i % 37), delivered: true };
    });
    const whole = await prune(events, { read: 1_000, maxBytes: Number.MAX_SAFE_INTEGER });
    const database = openReadable(whole.path);
    const used = usedBytes(database);
    database.close();
    let before = -1;
    for (const share of [0.9, 0.6, 0.3]) {
      const maxBytes = Math.floor(used * share);
      const { gone, excess, path } = await prune(events, { read: 1_000, maxBytes });
      expect(excess, 'the bound holds').to.equal(0);
      expect(statSync(path).size, 'and the file itself has shrunk').to.be.below(maxBytes * 1.2);
      expect(gone.length).to.be.greaterThan(before);
      before = gone.length;
      const classes = [0, 1, 2].map((kind) => {
        const of = events.flatMap(({ type }, i) => (CLASS_OF[type] === kind ? [i] : []));
        return { all: of, gone: of.filter((i) => gone.includes(i)) };
      });
      for (const [kind, { gone: some }] of classes.entries()) {
        if (some.length === 0) continue;
        for (const earlier of classes.slice(0, kind)) {
          expect(earlier.gone.length, 'the class before it is gone first').to.equal(
            earlier.all.length,
          );
        }
        const sized = classes[kind]!.all.filter((i) => events[i]!.type !== 'revocation.applied');
        const oldestLeft = Math.max(
          0,
          ...sized.filter((i) => !gone.includes(i)).map((i) => events[i]!.ageDays),
        );
        for (const i of some) expect(events[i]!.ageDays).to.be.at.least(oldestLeft);
      }
    }
  });

  it('a flood of decisions that a replay still reads never crowds out what operators did', async () => {
    const flood = Array.from({ length: 200 }, (): Made => {
      return { type: 'access.denied', ageDays: 2, delivered: true };
    });
    const kept = Array.from({ length: 20 }, (): Made => {
      return { type: 'revocation.applied', ageDays: 40, delivered: true };
    });
    const { gone, excess } = await prune([...kept, ...flood], { read: 1_000, maxBytes: 1 });
    expect(gone).to.deep.equal([]);
    expect(excess, 'the operator is told instead').to.be.greaterThan(0);
  });

  it('reads no row that a replay holds, and sorts none', () => {
    const store = openAuditStore(join(scratch.folder, 'plan.db'));
    store.close();
    const database = openReadable(join(scratch.folder, 'plan.db'));
    for (const [where, values] of [
      ['type = ? AND count IS NULL', ['access.denied']],
      ['count IS NOT NULL', []],
    ] as const) {
      const plan = database.all(
        `EXPLAIN QUERY PLAN SELECT id, time_ms FROM events e
         WHERE ${where} AND time_ms < ? AND id <= ? ORDER BY time_ms LIMIT ?`,
        [...values, 1, 1, 1],
      );
      const steps = plan.map(({ detail }) => String(detail)).join('; ');
      expect(steps).to.match(/SEARCH e USING .*INDEX events_(by_type|counted) .*time_ms</);
      expect(steps).not.to.contain('TEMP B-TREE');
    }
    database.close();
  });

  it('writes what a run pruned that was killed before it said so', async () => {
    const path = join(scratch.folder, 'killed.db');
    const store = openAuditStore(path);
    fill(
      store,
      Array.from({ length: 30 }, () => ({ type: 'access.denied', ageDays: 100, delivered: true })),
    );
    const options = {
      limits: { maxAgeMs: MAX_AGE_MS, maxBytes: Number.MAX_SAFE_INTEGER },
      readers: { sinks: [], replayMs: REPLAY_MS },
      rows: 10,
    };
    let looks = 0;
    const killed = store.pruner({
      ...options,
      nowMs: () => {
        // After the second batch.
        if (++looks === 4) throw new Error('killed');
        return NOW_MS;
      },
    });
    await killed.run();
    await killed.run().then(
      () => expect.fail('it was not killed'),
      () => undefined,
    );
    expect(all(store).filter(({ type }) => type === 'audit.pruned')).to.deep.equal([]);
    await store.pruner({ ...options, nowMs: () => NOW_MS }).run();
    const [told, ...more] = all(store).filter(({ type }) => type === 'audit.pruned');
    expect(more).to.deep.equal([]);
    expect(told?.detail).to.include({
      class: 'routine',
      why: 'age',
      events: 30 - all(store).filter(({ type }) => type === 'access.denied').length,
    });
    store.close();
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { join } from 'node:path';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditQuery } from '../../../src/domain/audit-query.js';
import { CountersignError } from '../../../src/domain/errors.js';
import { entry, event, scratchFolder } from './fakes.js';

const ALL: AuditQuery = { cursor: undefined, limit: 100, order: 'asc' };
type EventQuery = Omit<AuditQuery, 'cursor' | 'limit' | 'order'>;

describe('audit query', () => {
  const scratch = scratchFolder();
  let store: AuditStore;
  let files = 0;

  beforeEach(() => {
    store = openAuditStore(join(scratch.folder, `query${String(files++)}.db`));
  });
  afterEach(() => {
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  /** Appends events of these times to a stream of their own. */
  const append = (stream: number, times: readonly number[]): void => {
    const sorted = times.toSorted((a, b) => a - b);
    const entries = sorted.map((tickMs, seq) => entry(seq, undefined, { tickMs }));
    const streamId = entries.at(-1)?.streamId ?? '0-0';
    expect(store.appendBatch(stream, undefined, entries, { epoch: 'e1', streamId })).to.equal(true);
  };

  const walk = (order: 'asc' | 'desc', limit: number, between: () => void): string[] => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = store.query({ cursor, limit, order });
      seen.push(...page.items.map((item) => item.event_id));
      cursor = page.nextCursor;
      between();
    } while (cursor !== undefined);
    return seen;
  };

  it('gives at most a megabyte of large events a page, at least one, and each of them once', () => {
    const large = 'x'.repeat(300_000);
    const entries = Array.from({ length: 10 }, (_, seq) =>
      entry(seq, [event({ detail: { large: seq === 4 ? large.repeat(5) : large } })]),
    );
    const streamId = entries.at(-1)?.streamId ?? '0-0';
    store.appendBatch(0, undefined, entries, { epoch: 'e1', streamId });
    const sizes: number[] = [];
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = store.query({ cursor, limit: 100, order: 'asc' });
      sizes.push(page.items.length);
      page.items.forEach(({ event_id: id }) => seen.add(id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(seen.size).to.equal(10);
    expect(sizes).to.deep.equal([3, 1, 1, 3, 2]);
  });

  const rows: readonly [EventQuery, readonly string[]][] = [
    [{ agentId: 'a1' }, ['r1', 'r2']],
    [{ sessionId: 's1' }, ['r1']],
    [{ taskId: 't1' }, ['r2']],
    [{ userId: 'u1' }, ['r2']],
    [{ decisionId: 'd1' }, ['r1']],
    [{ grantId: 'g1' }, ['r3']],
    [{ jti: 'j1' }, ['r3']],
    [{ type: 'access.denied' }, ['r2', 'r4']],
    [{ agentId: 'a1', type: 'access.denied' }, ['r2']],
    [{ agentId: 'a1', sessionId: 'none' }, []],
    [{ sinceMs: 1_002, untilMs: 1_003 }, ['r2', 'r3']],
    [{ agentId: "a1' OR '1'='1" }, []],
    [{}, ['r1', 'r2', 'r3', 'r4']],
  ];
  for (const [query, wanted] of rows) {
    it(`finds by ${JSON.stringify(query)}`, () => {
      const events = [
        { request_id: 'r1', agent_id: 'a1', session_id: 's1', decision_id: 'd1' },
        { request_id: 'r2', agent_id: 'a1', task_id: 't1', user_id: 'u1', type: 'access.denied' },
        { request_id: 'r3', agent_id: 'a2', grant_id: 'g1', jti: 'j1' },
        { request_id: 'r4', type: 'access.denied' },
      ] as const;
      const entries = events.map((members, i) => entry(i + 1, [event(members)]));
      store.appendBatch(0, undefined, entries, { epoch: 'e1', streamId: '1004-4' });
      for (const order of ['asc', 'desc'] as const) {
        const found = store.query({ ...ALL, ...query, order }).items.map((i) => i.request_id);
        expect(found).to.deep.equal(order === 'asc' ? wanted : wanted.toReversed());
      }
    });
  }

  it('pages have every event from before the query exactly once, despite concurrent writes', () => {
    const times = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
    let stream = 0;
    fc.assert(
      fc.property(
        times,
        times,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (old, late, limit, up) => {
          append(stream++, old);
          const before = walk('asc', 500, () => undefined);
          const written = late.slice();
          const seen = walk(up ? 'asc' : 'desc', limit, () => {
            const time = written.pop();
            if (time !== undefined) append(stream++, [time]);
          });
          expect(new Set(seen).size).to.equal(seen.length);
          const kept = seen.filter((id) => before.includes(id));
          expect(kept).to.deep.equal(up ? before : before.toReversed());
        },
      ),
      { numRuns: 60 },
    );
  });

  it('refuses cursors it did not give out', () => {
    append(0, [1, 2, 3]);
    const good = store.query({ ...ALL, limit: 1 }).nextCursor ?? '';
    const forged = (text: string): string => Buffer.from(text).toString('base64url');
    const bad: [string, 'asc' | 'desc'][] = [
      [good, 'desc'],
      [`${good}=`, 'asc'],
      ['', 'asc'],
      ['!!', 'asc'],
      [forged('audit-asc 1'), 'asc'],
      [forged('audit-asc 1 2 3'), 'asc'],
      [forged('audit-asc 1 -2'), 'asc'],
      [forged('audit-asc 1 0x2'), 'asc'],
      [forged('audit-asc 1 NaN'), 'asc'],
      [forged('deliveries 1'), 'asc'],
    ];
    for (const [cursor, order] of bad) {
      expect(() => store.query({ ...ALL, cursor, order }), cursor)
        .to.throw(CountersignError)
        .with.property('code', 'invalid_request');
    }
    expect(store.query({ ...ALL, cursor: good }).items).to.have.length(2);
  });

  it('refuses limits outside 1 to 500', () => {
    for (const limit of [0, -1, 501, 1.5, Number.NaN]) {
      expect(() => store.query({ ...ALL, limit })).to.throw('from 1 to 500');
    }
  });
});

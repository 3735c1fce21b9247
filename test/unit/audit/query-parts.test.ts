import { expect } from 'chai';
import { join } from 'node:path';
import { openWritable, type Database } from '../../../src/audit/database.js';
import { MIGRATIONS } from '../../../src/audit/migrations.js';
import { queryInParts } from '../../../src/audit/query.js';
import { openAuditReader } from '../../../src/audit/reader.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditQuery } from '../../../src/domain/audit-query.js';
import { entry, event, scratchFolder } from './fakes.js';

const EVENTS = 15_000;
type Filters = Omit<AuditQuery, 'cursor' | 'limit' | 'order'>;

/** Events of two agents; `u7` did one in a thousand, and tells the rarest type. */
const members = (n: number): Parameters<typeof event>[0] => ({
  agent_id: n % 10 === 0 ? 'quiet' : 'busy',
  session_id: n % 3 === 0 ? 's1' : 's2',
  task_id: n % 3 === 0 ? 't1' : 't2',
  user_id: n % 1000 === 7 ? 'u7' : 'u1',
  type: n % 500 === 3 ? 'token.misused' : 'access.granted',
  request_id: `r${String(n)}`,
});

const QUERIES: readonly Filters[] = [
  { agentId: 'busy', userId: 'u7' },
  { agentId: 'busy', type: 'token.misused' },
  { agentId: 'busy', sessionId: 's1', type: 'token.misused' },
  { userId: 'u1', agentId: 'quiet', type: 'token.misused' },
  { sessionId: 's2', agentId: 'quiet', sinceMs: 3000, untilMs: 6000 },
  { userId: 'u1', sessionId: 'none' },
  { sessionId: 's1', taskId: 't2' },
  { sessionId: 's1', taskId: 't1', agentId: 'quiet' },
  { agentId: 'busy', sinceMs: 1500, untilMs: 1600 },
];

function matches(n: number, timeMs: number, query: Filters): boolean {
  const { agent_id: agent, session_id: session, task_id: task } = members(n) ?? {};
  const { user_id: user, type } = members(n) ?? {};
  return (
    (query.agentId ?? agent) === agent &&
    (query.sessionId ?? session) === session &&
    (query.taskId ?? task) === task &&
    (query.userId ?? user) === user &&
    (query.type ?? type) === type &&
    timeMs >= (query.sinceMs ?? 0) &&
    timeMs <= (query.untilMs ?? Number.MAX_SAFE_INTEGER)
  );
}

describe('a query over many events', function () {
  this.timeout(60_000);
  const scratch = scratchFolder();
  const path = join(scratch.folder, 'parts.db');
  let store: AuditStore;
  before(() => {
    store = openAuditStore(path);
    // Five events of one millisecond each: pages and parts end within one, too.
    const entries = Array.from({ length: EVENTS / 5 }, (_, at) =>
      entry(
        at + 1,
        Array.from({ length: 5 }, (_, n) => event(members(at * 5 + n))),
      ),
    );
    const last = String(EVENTS / 5);
    store.appendBatch(0, undefined, entries, { epoch: 'e1', streamId: `${last}-${last}` });
  });
  after(() => {
    store.close();
    scratch.remove();
  });

  for (const query of QUERIES) {
    for (const order of ['asc', 'desc'] as const) {
      it(`finds every match once, page by page: ${JSON.stringify(query)}, ${order}`, () => {
        const wanted = Array.from({ length: EVENTS }, (_, n) => n).filter((n) =>
          matches(n, 1001 + Math.floor(n / 5), query),
        );
        const found: (string | undefined)[] = [];
        let cursor: string | undefined;
        do {
          const page = store.query({ ...query, order, limit: 7, cursor });
          found.push(...page.items.map((item) => item.request_id));
          cursor = page.nextCursor;
        } while (cursor !== undefined && found.length < 300);
        const names = (order === 'asc' ? wanted : wanted.toReversed()).map((n) => `r${String(n)}`);
        expect(found).to.deep.equal(found.length < 300 ? names : names.slice(0, found.length));
      });
    }
  }

  /** Opens the file as the query does and counts the rows that one part returns at most. */
  const statements = (
    query: AuditQuery,
    database: Database,
  ): { parts: number; plans: string[] } => {
    const plans: string[] = [];
    const watched: Database = {
      ...database,
      all: (sql, values = []) => {
        const plan = database.all(`EXPLAIN QUERY PLAN ${sql}`, values);
        plans.push(plan.map((row) => String(row['detail'])).join('; '));
        return database.all(sql, values);
      },
    };
    let parts = 1;
    for (const run = queryInParts(() => watched, query); run.next().done !== true; parts++);
    return { parts, plans };
  };

  it('reads an index in its order, in parts, and sorts nothing', () => {
    const database = openWritable(path);
    try {
      for (const query of [...QUERIES, {}, { type: 'token.misused' }, { decisionId: 'dec_1' }]) {
        const asked: AuditQuery = { ...query, order: 'desc', limit: 500, cursor: undefined };
        const { plans } = statements(asked, database);
        expect(plans.join('\n'), JSON.stringify(query)).to.contain('INDEX events_');
        expect(plans.join('\n'), JSON.stringify(query)).to.not.contain('TEMP B-TREE');
      }
      const rare = { agentId: 'busy', type: 'token.misused' };
      const page = { order: 'desc', limit: 500, cursor: undefined } as const;
      expect(statements({ ...rare, ...page }, database).parts).to.equal(1);
      const { parts } = statements({ userId: 'u1', sessionId: 'none', ...page }, database);
      expect(parts).to.equal(1);
      const fewest = { sessionId: 's1', userId: 'u7' };
      expect(statements({ ...fewest, ...page }, database).plans.join()).to.contain('by_user_id');
      const { parts: long } = statements({ sessionId: 's1', taskId: 't2', ...page }, database);
      expect(long).to.equal(Math.ceil(EVENTS / 3 / 2000));
    } finally {
      database.close();
    }
  });

  it('works on a store that the worker has not migrated yet, and the worker migrates it', () => {
    const old = join(scratch.folder, 'old.db');
    const database = openWritable(old);
    for (const step of MIGRATIONS.slice(0, 4)) database.exec(step);
    database.exec('PRAGMA user_version = 4');
    database.run("INSERT INTO meta (key, value) VALUES ('store_id', 'old')");
    database.run(
      `INSERT INTO events (shard, epoch, seq, n, time_ms, type, agent_id, principal_kind, principal_id, json)
       VALUES ('0', 'e1', 1, 0, 1, 'token.misused', 'busy', 'agent', 'busy', '{"request_id":"kept"}')`,
    );
    database.close();
    const query = { agentId: 'busy', type: 'token.misused', order: 'desc', limit: 5 } as const;
    const kept = (items: readonly { readonly request_id?: string }[]): unknown =>
      items.map((item) => item.request_id);
    const reader = openAuditReader(old);
    expect(kept(reader.query({ ...query, cursor: undefined }).items)).to.deep.equal(['kept']);
    const migrated = openAuditStore(old);
    expect(migrated.storeId).to.equal('old');
    expect(kept(reader.query({ ...query, cursor: undefined }).items)).to.deep.equal(['kept']);
    reader.close();
    const again = openWritable(old);
    const indexes = again.all("SELECT name FROM sqlite_master WHERE type = 'index'");
    expect(indexes.map(({ name }) => name)).to.include('events_by_agent_type');
    again.close();
    migrated.close();
  });
});

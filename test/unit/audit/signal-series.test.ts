import { expect } from 'chai';
import Libsql from 'libsql';
import { join } from 'node:path';
import { openReadable, openWritable } from '../../../src/audit/database.js';
import { MIGRATIONS } from '../../../src/audit/migrations.js';
import { openAuditReader, type AuditReader } from '../../../src/audit/reader.js';
import { MAX_CELLS, SERIES_SQL, STEP_MS } from '../../../src/audit/signal-series.js';
import { openAuditStore, type AuditStore } from '../../../src/audit/store.js';
import type { AuditEvent } from '../../../src/domain/audit.js';
import type { SignalSeries } from '../../../src/domain/signal-ports.js';
import { entry, event, scratchFolder } from './fakes.js';

/** A multiple of the step. */
const START = 1_700_000_400_000;

describe('signal series', () => {
  const scratch = scratchFolder();
  let path: string;
  let store: AuditStore;
  let reader: AuditReader;
  let files = 0;
  let seq = 0;

  beforeEach(() => {
    path = join(scratch.folder, `series${String(files++)}`, 'audit.db');
    store = openAuditStore(path);
    reader = openAuditReader(path);
    seq = 0;
  });
  afterEach(() => {
    reader.close();
    store.close();
  });
  after(() => {
    scratch.remove();
  });

  function append(timeMs: number, type: AuditEvent['type'], more: object = {}): void {
    const added = entry(++seq, [event({ type, agent_id: 'crawler', ...more })], { tickMs: timeMs });
    store.appendBatch(0, store.cursor(0), [added], { epoch: 'e1', streamId: added.streamId });
  }

  async function series(sinceMs: number, untilMs: number): Promise<SignalSeries> {
    const found = await reader.series('crawler', sinceMs, untilMs);
    if (typeof found === 'string') throw new Error(found);
    return found;
  }

  it('counts decisions by kind in cells of ten minutes, and keeps the largest score', async () => {
    append(START - 1, 'access.granted');
    append(START, 'access.granted', { anomaly: 0.25 });
    append(START + STEP_MS - 1, 'access.denied', { anomaly: 0.97 });
    append(START + STEP_MS - 1, 'access.review_required', { anomaly: 0.5 });
    append(START + 3 * STEP_MS, 'access.rate_limited');
    expect(await series(START + 5, START + 3 * STEP_MS)).to.deep.equal({
      from_ms: START,
      step_seconds: 600,
      cells: {
        index: [0, 3],
        requests: [3, 1],
        granted: [1, 0],
        denials: [1, 0],
        rate_limited: [0, 1],
        anomaly: [0.97, null],
      },
    });
  });

  it('weighs a count by the refusals it stands for, in the cell they were in', async () => {
    const last = START + STEP_MS - 5;
    const counted = { first_at_ms: last - 50_000, last_at_ms: last };
    append(START + STEP_MS + 900, 'access.rate_limited', { ...counted, count: 40, anomaly: 0.5 });
    append(START + STEP_MS + 900, 'access.denied', { ...counted, count: 7 });
    expect((await series(START, START + STEP_MS)).cells).to.deep.equal({
      index: [0],
      requests: [47],
      granted: [0],
      denials: [7],
      rate_limited: [40],
      anomaly: [0.5],
    });
  });

  it('leaves out other agents, and events that are no decision of the agent', async () => {
    append(START, 'access.granted', { agent_id: 'other' });
    append(START, 'token.introspected');
    append(START, 'access.refused');
    append(START, 'agent.updated', { anomaly: 0.9 });
    expect((await series(START, START)).cells.index).to.deep.equal([]);
  });

  for (const anomaly of ['0.9', -0.1, 1, null, { a: 1 }, 1e300]) {
    it(`treats a score of ${JSON.stringify(anomaly)} as absent`, async () => {
      append(START, 'access.granted', { anomaly });
      expect((await series(START, START)).cells.anomaly).to.deep.equal([null]);
    });
  }

  it('answers at most 14 days, whatever was asked', async () => {
    const until = START + 20_000 * STEP_MS;
    append(until - MAX_CELLS * STEP_MS, 'access.granted');
    append(until - (MAX_CELLS - 1) * STEP_MS, 'access.granted');
    append(until, 'access.granted');
    append(until + STEP_MS, 'access.granted');
    const { from_ms: from, cells } = await series(0, until);
    expect(from).to.equal(until - (MAX_CELLS - 1) * STEP_MS);
    expect(cells.index).to.deep.equal([0, MAX_CELLS - 1]);
  });

  it('reads the index alone, and sorts nothing', () => {
    const database = openReadable(path);
    const plan = database.all(`EXPLAIN QUERY PLAN ${SERIES_SQL}`, ['crawler', 0, START]);
    database.close();
    const text = plan.map((row) => String(row['detail'])).join('; ');
    expect(text).to.contain(
      'COVERING INDEX events_for_signals (agent_id=? AND time_ms>? AND time_ms<?)',
    );
  });

  it('says so when there is no store, an older one, or one that cannot be read', async () => {
    const nowhere = openAuditReader(join(scratch.folder, 'nowhere.db'));
    expect(await nowhere.series('crawler', 0, 1)).to.contain('no audit store');
    const old = join(scratch.folder, 'old.db');
    const database = openWritable(old);
    for (const step of MIGRATIONS.slice(0, 2)) database.exec(step);
    database.exec('PRAGMA user_version = 2');
    database.close();
    const reading = openAuditReader(old);
    expect(await reading.series('crawler', 0, 1)).to.contain('older version');
    // The worker upgrades it while the service has it open.
    openAuditStore(old).close();
    expect(await reading.series('crawler', 0, 1)).to.be.an('object');
    const raw = new Libsql(old);
    raw.exec('DROP INDEX events_for_signals');
    raw.close();
    expect(await reading.series('crawler', 0, 1)).to.contain('cannot be read');
    reading.close();
  });

  it('lets other work run while it reads', async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      pending = setImmediate(count);
    };
    let pending = setImmediate(count);
    await series(0, START);
    clearImmediate(pending);
    expect(turns).to.be.greaterThan(300);
  });
});

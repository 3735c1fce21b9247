import { expect } from 'chai';
import { createAuditOperations } from '../../../src/audit/operations.js';
import { openAuditReader } from '../../../src/audit/reader.js';
import { StoreLost } from '../../../src/audit/store-files.js';
import { createStoreProblem } from '../../../src/audit/store-problem.js';
import { FakeStreams, inTurn, READING } from './fakes.js';

describe('a problem of the audit store', () => {
  interface Seen {
    readonly owner?: string;
    readonly alarm?: string;
    readonly here?: string;
    readonly lost?: string;
  }
  const problem = ({ owner, alarm, here, lost }: Seen): Promise<string | undefined> =>
    createStoreProblem(
      { read: () => Promise.resolve({ storeId: owner, alarm }) },
      { storeId: () => here, lost: () => lost },
    )();

  it('is absent while this store empties the streams, or no store does yet', async () => {
    expect(await problem({ owner: 'a', here: 'a' })).to.equal(undefined);
    expect(await problem({})).to.equal(undefined);
    expect(await problem({ here: 'a' })).to.equal(undefined);
  });

  it('is said when the store is missing, another one, lost to this process or to the worker', async () => {
    expect(await problem({ owner: 'a' })).to.contain('audit store missing');
    expect(await problem({ owner: 'a', here: 'b' })).to.contain('wrong audit store');
    expect(await problem({ owner: 'a', here: 'a', lost: 'audit.db was removed' })).to.contain(
      'audit.db was removed',
    );
    expect(await problem({ owner: 'a', here: 'a', alarm: 'said the worker' })).to.equal(
      'said the worker',
    );
  });

  it('is said when a new WAL came under the reader', async () => {
    const read = { read: () => Promise.resolve({ storeId: 'a', alarm: undefined }) };
    const storeId = (): never => {
      throw new StoreLost('audit.db-wal was replaced');
    };
    const found = await createStoreProblem(read, { storeId, lost: () => undefined })();
    expect(found).to.contain('audit.db-wal was replaced');
  });

  it('makes the record incomplete; an unreadable problem does not fail a query', async () => {
    const reader = openAuditReader('/nowhere/audit.db');
    const query = { cursor: undefined, limit: 1, order: 'desc' } as const;
    const page = (told: () => Promise<string | undefined>): Promise<object> =>
      createAuditOperations(new FakeStreams(), inTurn(reader), { problem: told }).query(
        query,
        READING,
      );
    expect(await page(() => Promise.resolve('gone'))).to.include({
      complete: false,
      problem: 'gone',
    });
    const failing = { sinkProblem: () => Promise.resolve('audit sink failing: file:a') };
    const ofSink = createAuditOperations(new FakeStreams(), inTurn(reader), failing);
    expect(await ofSink.query(query, READING), 'the record of a failing sink').to.include({
      complete: true,
      problem: 'audit sink failing: file:a',
    });
    const silent = await page(() => Promise.reject(new Error('away')));
    expect(silent).to.include({ complete: true }).and.not.have.property('problem');
  });
});

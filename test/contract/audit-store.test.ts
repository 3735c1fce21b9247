import { expect } from 'chai';
import { join } from 'node:path';
import { openReadable } from '../../src/audit/database.js';
import { createDeliveryOperations } from '../../src/audit/delivery-operations.js';
import { createAuditOperations } from '../../src/audit/operations.js';
import { openAuditReader } from '../../src/audit/reader.js';
import { openAuditStore } from '../../src/audit/store.js';
import type { AuditOperations, DeliveryOperations } from '../../src/use-cases/operations.js';
import type { DeliveryLedger } from '../../src/domain/deliveries.js';
import {
  entry,
  event,
  FakeRetries,
  FakeStreams,
  inTurn,
  READING,
  scratchFolder,
} from '../unit/audit/fakes.js';

const DIMENSIONS = [
  'agent_id',
  'session_id',
  'task_id',
  'user_id',
  'decision_id',
  'grant_id',
  'jti',
  'type',
];

describe('audit store contract', () => {
  const scratch = scratchFolder();
  const path = join(scratch.folder, 'audit.db');
  after(() => {
    scratch.remove();
  });

  it('serves the operations of the admin API and the ledger of the worker', async () => {
    const store = openAuditStore(path, { endpoints: ['soc'] });
    const reader = openAuditReader(path);
    const audit: AuditOperations = createAuditOperations(new FakeStreams(), inTurn(reader));
    const deliveries: DeliveryOperations = createDeliveryOperations(
      inTurn(reader),
      new FakeRetries(),
    );
    const ledger: DeliveryLedger = store.deliveries;
    const lifted = entry(1, [event({ type: 'revocation.lifted' })]);
    store.appendBatch('control', undefined, [lifted], { epoch: 'e1', streamId: '1001-1' });
    expect(ledger.pending(10)).to.have.length(1);
    expect(
      (await audit.query({ cursor: undefined, limit: 1, order: 'desc' }, READING)).items,
    ).to.have.length(1);
    expect(
      (await deliveries.list({ cursor: undefined, limit: 1 }, READING)).items[0],
    ).to.have.all.keys(...['id', 'event_id', 'endpoint', 'state', 'attempts', 'updated_at_ms']);
    reader.close();
    store.close();
  });

  for (const dimension of DIMENSIONS) {
    it(`finds by ${dimension} through an index that also gives the order`, () => {
      const database = openReadable(path);
      const plan = database
        .all(
          `EXPLAIN QUERY PLAN SELECT json FROM events e WHERE e.${dimension} = ?
           ORDER BY e.time_ms DESC, e.id DESC LIMIT 10`,
          ['x'],
        )
        .map((row) => String(row['detail']))
        .join('; ');
      database.close();
      expect(plan).to.contain(`USING INDEX events_by_${dimension} `);
      expect(plan).not.to.contain('TEMP B-TREE');
    });
  }
});

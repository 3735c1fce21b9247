import type { AuditEventType } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import type { ResourceRecord, ResourceSpec } from '../../domain/records.js';
import type { CatalogueStore } from '../../domain/registry-ports.js';
import type { ResourceOperations } from '../operations.js';
import type { AdminContext } from './context.js';
import { conflict, notFound } from './agent-change.js';
import { pageOf } from './page.js';
import { checkSpec, type SpecCheck } from './secrets.js';

export interface ResourceOperationsDeps {
  readonly store: CatalogueStore;
  readonly check: SpecCheck<ResourceSpec>;
  readonly clock: Clock;
}

/** Creates the admin operations on the catalogue. A write is acknowledged once every shard has it. */
export function createResourceOperations(deps: ResourceOperationsDeps): ResourceOperations {
  const { store } = deps;
  const get = async (id: string): Promise<ResourceRecord> => {
    const record = await store.readResource(id);
    if (record === undefined || record.deleted) throw notFound();
    return record;
  };
  return {
    async list(page) {
      const records = await store.listResources();
      return pageOf(
        records.filter((record) => !record.deleted),
        page,
      );
    },
    get,
    async put(spec, expectedVersion, context) {
      checkSpec(deps.check, spec);
      const before = await store.readResource(spec.id);
      const current = before === undefined || before.deleted ? 0 : before.version;
      if (current !== expectedVersion) throw conflict();
      const record: ResourceRecord = {
        spec,
        source: before?.source ?? 'api',
        config_digest: before?.config_digest ?? '',
        version: (before?.version ?? 0) + 1,
        deleted: false,
        updated_at_ms: deps.clock.nowMs(),
      };
      return write(store, record, before, 'resource.written', context);
    },
    async remove(id, context) {
      const before = await get(id);
      const record = {
        ...before,
        version: before.version + 1,
        deleted: true,
        updated_at_ms: deps.clock.nowMs(),
      };
      await write(store, record, before, 'resource.deleted', context);
    },
  };
}

async function write(
  store: CatalogueStore,
  record: ResourceRecord,
  before: ResourceRecord | undefined,
  type: AuditEventType,
  { requestId, principal }: AdminContext,
): Promise<ResourceRecord> {
  const event = { type, request_id: requestId, principal, resource: record.spec.id };
  if (!(await store.writeResource(record, before, event))) throw conflict();
  return record;
}

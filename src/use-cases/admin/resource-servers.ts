import type { AuditEventType } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import type { ResourceServerRecord, ResourceServerSpec } from '../../domain/records.js';
import type { CatalogueStore } from '../../domain/registry-ports.js';
import type { ResourceServerOperations } from '../operations.js';
import type { AdminContext, CreatedSecret } from './context.js';
import { conflict, notFound } from './agent-change.js';
import { pageOf } from './page.js';
import { createSecretOperations, newSecret } from './secret-rotation.js';
import { checkSpec, type MintSecret, type SpecCheck } from './secrets.js';

export interface ResourceServerOperationsDeps {
  readonly store: CatalogueStore;
  readonly mintSecret: MintSecret;
  readonly check: SpecCheck<ResourceServerSpec>;
  readonly clock: Clock;
}

/** Creates the admin operations on resource servers (target APIs that may introspect). */
export function createResourceServerOperations(
  deps: ResourceServerOperationsDeps,
): ResourceServerOperations {
  const { store } = deps;
  const get = (id: string): Promise<ResourceServerRecord> => find(store, id);
  const change: Change = async (id, type, context, edit) => {
    const before = await get(id);
    const record = {
      ...edit(before),
      version: before.version + 1,
      updated_at_ms: deps.clock.nowMs(),
    };
    return write(store, record, type, context);
  };
  return {
    async list(page) {
      const records = await store.listResourceServers();
      return pageOf(
        records.filter((record) => !record.deleted),
        page,
      );
    },
    get,
    create: (spec, context) => create(deps, spec, context),
    update: (id, spec, expectedVersion, context) =>
      change(id, 'resource_server.written', context, (before) => {
        if (before.version !== expectedVersion) throw conflict();
        checkSpec(deps.check, { ...spec, id });
        return { ...before, spec: { ...spec, id } };
      }),
    async remove(id, context) {
      await change(id, 'resource_server.deleted', context, (before) => ({
        ...before,
        deleted: true,
        secrets: [],
      }));
    },
    ...createSecretOperations(deps, 'resource_server', (id, context, { step, apply }) =>
      change(id, `resource_server.secret_${step}`, context, (before) => ({
        ...before,
        secrets: apply(before.secrets),
      })),
    ),
  };
}

type Change = (
  id: string,
  type: AuditEventType,
  context: AdminContext,
  edit: (before: ResourceServerRecord) => ResourceServerRecord,
) => Promise<ResourceServerRecord>;

async function find(store: CatalogueStore, id: string): Promise<ResourceServerRecord> {
  const record = await store.readResourceServer(id);
  if (record === undefined || record.deleted) throw notFound();
  return record;
}

async function create(
  deps: ResourceServerOperationsDeps,
  spec: ResourceServerSpec,
  context: AdminContext,
): Promise<{ resourceServer: ResourceServerRecord; secret: CreatedSecret }> {
  checkSpec(deps.check, spec);
  // A deleted id stays reserved: its old secrets and audience must not return under a new owner.
  if ((await deps.store.readResourceServer(spec.id)) !== undefined) throw conflict();
  const nowMs = deps.clock.nowMs();
  const { record: secret, shown } = newSecret(deps, 'resource_server');
  const record: ResourceServerRecord = {
    spec,
    secrets: [secret],
    disabled: false,
    source: 'api',
    config_digest: '',
    version: 1,
    deleted: false,
    updated_at_ms: nowMs,
  };
  const resourceServer = await write(deps.store, record, 'resource_server.written', context);
  return { resourceServer, secret: shown };
}

async function write(
  store: CatalogueStore,
  record: ResourceServerRecord,
  type: AuditEventType,
  { requestId, principal }: AdminContext,
): Promise<ResourceServerRecord> {
  const detail = { resource_server: record.spec.id };
  const event = { type, request_id: requestId, principal, detail };
  if (!(await store.writeResourceServer(record, event))) throw conflict();
  return record;
}

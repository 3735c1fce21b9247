import type { AuditEventType } from '../../domain/audit.js';
import type { Clock } from '../../domain/clock.js';
import type { ResourceServerRecord, ResourceServerSpec } from '../../domain/records.js';
import type { SecretUses } from '../../domain/ports.js';
import type { CatalogueStore } from '../../domain/registry-ports.js';
import type { ResourceServerOperations, CreateOption } from '../operations.js';
import type { AdminContext, CreatedSecret } from './context.js';
import { conflict, deleted, notFound } from './agent-change.js';
import { pageOf } from './page.js';
import { createSecretOperations, newSecret, withLastUses } from './secret-rotation.js';
import { checkSpec, type MintSecret, type SpecCheck } from './secrets.js';

export interface ResourceServerOperationsDeps {
  readonly store: CatalogueStore;
  readonly mintSecret: MintSecret;
  readonly check: SpecCheck<ResourceServerSpec>;
  readonly clock: Clock;
  readonly secretUses: Pick<SecretUses, 'lastUses'>;
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
    create: (spec, context, options) => create(deps, spec, context, options),
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
    listSecrets: async (id) => withLastUses(deps, id, (await get(id)).secrets),
    ...createSecretOperations(deps, 'resource_server', async (id, context, { step, apply }) => {
      await change(id, `resource_server.secret_${step}`, context, (before) => ({
        ...before,
        secrets: apply(before.secrets),
      }));
      // A resource server has no tokens.
      return undefined;
    }),
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
  if (record === undefined) throw notFound();
  if (record.deleted) throw deleted('not_found', 'resource server');
  return record;
}

async function create(
  deps: ResourceServerOperationsDeps,
  spec: ResourceServerSpec,
  context: AdminContext,
  { reuseDeleted = false, secretTtlSeconds }: CreateOption = {},
): Promise<{ resourceServer: ResourceServerRecord; secret: CreatedSecret }> {
  checkSpec(deps.check, spec);
  const before = await deps.store.readResourceServer(spec.id);
  if (before !== undefined && !before.deleted) throw conflict();
  // A program may still hold the id, so a new owner needs the caller's consent.
  if (before !== undefined && !reuseDeleted) throw deleted('conflict', 'resource server');
  const nowMs = deps.clock.nowMs();
  const { record: secret, shown } = newSecret(deps, 'resource_server', secretTtlSeconds);
  const record: ResourceServerRecord = {
    spec,
    secrets: [secret],
    disabled: false,
    source: 'api',
    config_digest: before?.config_digest ?? '',
    version: (before?.version ?? 0) + 1,
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

import { audienceKey, holderOfAudience, type AudienceEntry } from '../domain/audience.js';
import type { Catalogue } from '../domain/ports.js';
import type { ResourceRecord, ResourceServerRecord } from '../domain/records.js';
import type { CatalogueStore } from '../domain/registry-ports.js';
import { RecordCache } from './record-cache.js';
import { isAudience, isRecordId } from './record-id.js';

/** The catalogue, and resource servers with the moments that authentication needs. */
export interface CachedCatalogue extends Catalogue {
  readonly resourceServers: Pick<
    RecordCache<ResourceServerRecord>,
    'turn' | 'peek' | 'find' | 'readSince'
  >;
}

const MAX_ENTRIES = 10_000;

/**
 * Creates the catalogue of resources and resource servers.
 * It is cached until the registry generation changes in any direction: a restore of older state lowers it. Audience
 * URIs have a separate index, checked against the record.
 */
export function createCatalogue(
  store: Pick<CatalogueStore, 'readResource' | 'readAudience' | 'readResourceServer'>,
  options: { readonly maxEntries?: number } = {},
): CachedCatalogue {
  const maxEntries = options.maxEntries ?? MAX_ENTRIES;
  const resources = new RecordCache<ResourceRecord>(maxEntries, async (id) =>
    living(await store.readResource(id)),
  );
  const servers = new RecordCache<ResourceServerRecord>(maxEntries, async (id) =>
    isRecordId(id) ? living(await store.readResourceServer(id)) : undefined,
  );
  const audiences = new RecordCache<AudienceEntry>(maxEntries, async (key) => {
    const entry = await store.readAudience(key);
    return entry?.now === undefined ? undefined : entry;
  });
  let generation: number | undefined;

  return {
    async resource(idOrAudience) {
      if (isRecordId(idOrAudience)) return resources.find(idOrAudience);
      if (!isAudience(idOrAudience)) return undefined;
      const entry = await audiences.find(audienceKey(idOrAudience));
      const holder = entry && holderOfAudience(entry, idOrAudience);
      if (holder === undefined) return undefined;
      const record = await resources.find(holder.id);
      return record?.spec.audiences.includes(holder.uri) === true ? record : undefined;
    },
    resourceServer: (id) => servers.find(id),
    generation: () => generation,
    observe(registryGeneration) {
      if (registryGeneration === generation) return false;
      generation = registryGeneration;
      const hadEntries = [resources.forget(), servers.forget(), audiences.forget()];
      return hadEntries.includes(true);
    },
    resourceServers: servers,
  };
}

/**
 * Returns the record unless it is deleted.
 * Absence is never cached, so a new record is visible at once.
 */
function living<R extends { readonly deleted: boolean }>(record: R | undefined): R | undefined {
  return record?.deleted === true ? undefined : record;
}

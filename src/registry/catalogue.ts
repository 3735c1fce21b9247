import type { Catalogue } from '../domain/ports.js';
import type { ResourceRecord, ResourceServerRecord } from '../domain/records.js';
import type { CatalogueStore } from '../domain/registry-ports.js';
import { RecordCache } from './record-cache.js';
import { isAudience, isRecordId } from './record-id.js';

/** The catalogue, and resource servers with the moments authentication needs. */
export interface CachedCatalogue extends Catalogue {
  readonly resourceServers: Pick<RecordCache<ResourceServerRecord>, 'turn' | 'find' | 'readSince'>;
}

interface AudienceEntry {
  readonly id: string;
}

const MAX_ENTRIES = 10_000;

/**
 * Resources and resource servers, cached until the registry generation moves in any direction: after a restore
 * of older state it goes back. Audience URIs are an index of their own, checked against the record.
 */
export function createCatalogue(
  store: Pick<CatalogueStore, 'readResource' | 'resourceIdOfAudience' | 'readResourceServer'>,
  options: { readonly maxEntries?: number } = {},
): CachedCatalogue {
  const maxEntries = options.maxEntries ?? MAX_ENTRIES;
  const resources = new RecordCache<ResourceRecord>(maxEntries, (id) => store.readResource(id));
  const servers = new RecordCache<ResourceServerRecord>(maxEntries, async (id) =>
    isRecordId(id) ? store.readResourceServer(id) : undefined,
  );
  const audiences = new RecordCache<AudienceEntry>(maxEntries, async (uri) => {
    const id = await store.resourceIdOfAudience(uri);
    return id === undefined ? undefined : { id };
  });
  let generation: number | undefined;

  const byId = async (id: string): Promise<ResourceRecord | undefined> => {
    const record = await resources.find(id);
    return record?.deleted === false ? record : undefined;
  };

  return {
    async resource(idOrAudience) {
      if (isRecordId(idOrAudience)) return byId(idOrAudience);
      if (!isAudience(idOrAudience)) return undefined;
      const entry = await audiences.find(idOrAudience);
      const record = entry === undefined ? undefined : await byId(entry.id);
      return record?.spec.audiences.includes(idOrAudience) === true ? record : undefined;
    },
    async resourceServer(id) {
      const record = await servers.find(id);
      return record?.deleted === false ? record : undefined;
    },
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

import type { AuditEvent } from '../../domain/audit.js';
import { CountersignError, unavailable } from '../../domain/errors.js';
import { newId } from '../../domain/ids.js';
import type { CatalogueStore } from '../../domain/registry-ports.js';
import type { ResourceRecord, ResourceServerRecord } from '../../domain/records.js';
import { candidateEpoch, eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';
import { raiseGeneration } from './intents.js';

/** The catalogue in Redis; a write is acknowledged when every shard's registry generation shows it. */
export function createCatalogueStore(context: StoreContext): CatalogueStore {
  const { runner, keys } = context;
  const readDocument = async <T>(key: string, id: string): Promise<T | undefined> => {
    const text = await guarded(() => runner.client.hget(key, id));
    return text === null ? undefined : (JSON.parse(text) as T);
  };
  const list = async <T>(key: string): Promise<T[]> => {
    const texts = await guarded(() => runner.client.hvals(key));
    return texts.map((text) => JSON.parse(text) as T);
  };
  return {
    readResource: (id) => readDocument(keys.resources, id),
    async resourceIdOfAudience(uri) {
      return (await guarded(() => runner.client.hget(keys.audiences, uri))) ?? undefined;
    },
    readResourceServer: (id) => readDocument(keys.resourceServers, id),
    listResources: () => list(keys.resources),
    listResourceServers: () => list(keys.resourceServers),
    writeResource: (record, before, event) =>
      write(context, keys.resources, record, event, {
        now: record.deleted ? [] : record.spec.audiences,
        before: before?.spec.audiences ?? [],
      }),
    writeResourceServer: (record, event) =>
      write(context, keys.resourceServers, record, event, { now: [], before: [] }),
  };
}

async function write(
  context: StoreContext,
  documents: string,
  record: ResourceRecord | ResourceServerRecord,
  event: AuditEvent,
  audiences: { readonly now: readonly string[]; readonly before: readonly string[] },
): Promise<boolean> {
  const { runner, keys } = context;
  const intentId = newId('rev');
  const reply = await runner.run(
    'writeCatalogue',
    [keys.meta('control'), keys.audit('control'), documents, keys.audiences, keys.intents],
    [
      candidateEpoch(),
      record.spec.id,
      record.version - 1,
      JSON.stringify(record),
      eventText(event),
      intentId,
      JSON.stringify(audiences.now),
      JSON.stringify(audiences.before),
    ],
  );
  if (reply[0] === 'CONFLICT') return false;
  if (reply[0] === 'AUDIENCE_TAKEN') {
    throw new CountersignError(
      'conflict',
      `The audience ${String(reply[1])} belongs to another resource.`,
    );
  }
  if (reply[0] !== 'WRITTEN') throw unexpectedReply('writeCatalogue', reply);
  await raiseGeneration(context, intentId, 'registry', Number(reply[1]));
  return true;
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('reading the catalogue failed', error);
  }
}

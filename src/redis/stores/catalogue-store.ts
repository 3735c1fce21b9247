import { audienceKey, firstEqualAudiences, type AudienceEntry } from '../../domain/audience.js';
import { CountersignError, unavailable } from '../../domain/errors.js';
import type { AuditEvent } from '../../domain/audit.js';
import { newId } from '../../domain/ids.js';
import type { CatalogueStore } from '../../domain/registry-ports.js';
import type { ResourceRecord, ResourceServerRecord } from '../../domain/records.js';
import { eventText, type StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';
import { revocationField } from '../../domain/revocation.js';
import { raiseGeneration, type Floor } from './intents.js';

/**
 * Creates the catalogue.
 * A write is acknowledged when every shard has the new registry generation. Former holders of an audience are
 * remembered for as long as a token counts as live, which `longestToken` returns in milliseconds.
 */
export function createCatalogueStore(
  context: StoreContext,
  longestToken: () => Promise<number>,
): CatalogueStore {
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
    readAudience: (key) => readDocument<AudienceEntry>(keys.audienceHolders, key),
    readResourceServer: (id) => readDocument(keys.resourceServers, id),
    listResources: () => list(keys.resources),
    listResourceServers: () => list(keys.resourceServers),
    async writeResource(record, before, event) {
      const { id, audiences } = record.spec;
      const now = record.deleted ? [] : audiences;
      refuseEqualAudiences(now);
      // True also when the record comes back: an earlier build may have deleted it without raising a generation.
      const isOther = before !== undefined && before.deleted !== record.deleted;
      return write(context, keys.resources, record, event, {
        now,
        before: before === undefined || before.deleted ? [] : before.spec.audiences,
        floors: isOther ? [revocationField('resource', id)] : [],
        rememberMs: await longestToken(),
      });
    },
    writeResourceServer: (record, event) =>
      write(context, keys.resourceServers, record, event, NO_AUDIENCES),
  };
}

interface AudienceChange {
  readonly now: readonly string[];
  readonly before: readonly string[];
  /** Fields to raise in addition to those of the removed audiences. */
  readonly floors: readonly string[];
  readonly rememberMs: number;
}

/** The change of a record without audiences. */
const NO_AUDIENCES: AudienceChange = { now: [], before: [], floors: [], rememberMs: 0 };

function refuseEqualAudiences(audiences: readonly string[]): void {
  const equal = firstEqualAudiences(audiences);
  if (equal === undefined) return;
  throw new CountersignError(
    'conflict',
    `The audiences ${equal.before} and ${equal.uri} are equal; keep one of them.`,
  );
}

async function write(
  context: StoreContext,
  documents: string,
  record: ResourceRecord | ResourceServerRecord,
  event: AuditEvent,
  audiences: AudienceChange,
): Promise<boolean> {
  const { runner, keys } = context;
  const intentId = newId('rev');
  const reply = await runner.run(
    'writeCatalogue',
    [keys.meta('control'), keys.audit('control'), documents, keys.audienceHolders, keys.intents],
    [
      runner.opening(),
      record.spec.id,
      record.version - 1,
      JSON.stringify(record),
      eventText(event),
      intentId,
      JSON.stringify(audiences.now.map((uri) => [audienceKey(uri), uri])),
      JSON.stringify(audiences.before.map(audienceKey)),
      audiences.rememberMs,
      JSON.stringify(audiences.floors),
    ],
  );
  if (reply[0] === 'CONFLICT') return false;
  if (reply[0] === 'AUDIENCE_TAKEN') {
    throw new CountersignError(
      'conflict',
      `The audience ${String(reply[1])} belongs to another resource, as ${String(reply[2])}.`,
    );
  }
  if (reply[0] !== 'WRITTEN') throw unexpectedReply('writeCatalogue', reply);
  const floors = JSON.parse(String(reply[2])) as readonly Floor[];
  await raiseGeneration(context, intentId, 'registry', Number(reply[1]), floors);
  return true;
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('reading the catalogue failed', error);
  }
}

import { audienceKey, type AudienceEntry, type AudienceHolder } from '../../domain/audience.js';
import { unavailable } from '../../domain/errors.js';
import type { ResourceRecord } from '../../domain/records.js';
import type { StoreContext } from '../context.js';
import { unexpectedReply } from '../scripts.js';

/**
 * Registered audiences that are equal but differ in bytes; only an earlier build can have registered
 * them.
 */
export type EqualAudiences = readonly AudienceHolder[];

type Pair = readonly [key: string, uri: string];

/** Reads of the catalogue before giving up under concurrent writes. */
const TRIES = 5;

/**
 * Rebuilds the audience holders from the resources; a store of an earlier build has none.
 * Idempotent; writes nothing in a store of this build. Returns equal audiences for a warning. Throws 503.
 */
export async function indexAudiences(
  context: StoreContext,
  rememberMs: number,
): Promise<readonly EqualAudiences[]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const resources = await readResources(context);
    const entries = await readEntries(context);
    const indexed = await Promise.all(
      resources.map((record) => indexOne(context, record, entries, rememberMs)),
    );
    if (!indexed.includes(false)) return equalAmong(resources);
  }
  throw unavailable('the catalogue kept changing while its audiences were indexed');
}

async function readResources({ runner, keys }: StoreContext): Promise<readonly ResourceRecord[]> {
  const texts = await guarded(() => runner.client.hvals(keys.resources));
  return texts.map((text) => JSON.parse(text) as ResourceRecord);
}

async function readEntries({
  runner,
  keys,
}: StoreContext): Promise<ReadonlyMap<string, AudienceEntry>> {
  const texts = await guarded(() => runner.client.hgetall(keys.audienceHolders));
  return new Map(
    Object.entries(texts).map(([key, text]) => [key, JSON.parse(text) as AudienceEntry]),
  );
}

/** Indexes one record; returns false when the record changed since it was read. */
async function indexOne(
  { runner, keys }: StoreContext,
  record: ResourceRecord,
  entries: ReadonlyMap<string, AudienceEntry>,
  rememberMs: number,
): Promise<boolean> {
  const { id } = record.spec;
  const has = pairsOf(record);
  const held = [...entries].flatMap(([key, { now = [] }]) =>
    now.flatMap((holder): Pair[] => (holder.id === id ? [[key, holder.uri]] : [])),
  );
  const added = has.filter((pair) => !held.some((other) => isSame(pair, other)));
  const gone = held.filter((pair) => !has.some((other) => isSame(pair, other)));
  if (added.length === 0 && gone.length === 0) return true;
  const reply = await runner.run(
    'indexAudiences',
    [keys.meta('control'), keys.resources, keys.audienceHolders],
    [runner.opening(), id, record.version, JSON.stringify(added), JSON.stringify(gone), rememberMs],
  );
  if (reply[0] !== 'INDEXED' && reply[0] !== 'CONFLICT') {
    throw unexpectedReply('indexAudiences', reply);
  }
  return reply[0] === 'INDEXED';
}

function pairsOf({ deleted, spec }: ResourceRecord): readonly Pair[] {
  return deleted ? [] : spec.audiences.map((uri) => [audienceKey(uri), uri] as const);
}

function isSame(one: Pair, other: Pair): boolean {
  return one[0] === other[0] && one[1] === other[1];
}

function equalAmong(resources: readonly ResourceRecord[]): readonly EqualAudiences[] {
  const byKey = new Map<string, AudienceHolder[]>();
  for (const record of resources) {
    for (const [key, uri] of pairsOf(record)) {
      byKey.set(key, [...(byKey.get(key) ?? []), { id: record.spec.id, uri }]);
    }
  }
  return [...byKey.values()].filter((holders) => holders.length > 1);
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('reading the catalogue failed', error);
  }
}

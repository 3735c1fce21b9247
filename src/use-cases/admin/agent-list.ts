import { CountersignError } from '../../domain/errors.js';
import { isShardNumber } from '../../domain/shard.js';
import type { AgentRecord } from '../../domain/records.js';
import type { AgentStore } from '../../domain/registry-ports.js';
import type { Page, PageRequest } from '../../domain/audit-query.js';

interface Position {
  readonly shard: number;
  readonly afterId: string;
}

/** Returns a page of agents by shard, then id; reads only the records of the page. */
export async function listAgents(
  store: AgentStore,
  shards: number,
  page: PageRequest,
): Promise<Page<AgentRecord>> {
  const items: AgentRecord[] = [];
  let at = readCursor(page.cursor, shards);
  while (at.shard < shards && items.length < page.limit) {
    const wanted = page.limit - items.length;
    const ids = await store.idsOfShard(at.shard, at.afterId, wanted);
    const records = await Promise.all(ids.map((id) => store.read(id)));
    for (const record of records) {
      if (record !== undefined && record.status !== 'deleted') items.push(record);
    }
    const last = ids.at(-1);
    at =
      last === undefined || ids.length < wanted
        ? { shard: at.shard + 1, afterId: '' }
        : { shard: at.shard, afterId: last };
  }
  return { items, nextCursor: at.shard < shards ? writeCursor(at) : undefined };
}

function writeCursor({ shard, afterId }: Position): string {
  return Buffer.from(JSON.stringify([shard, afterId])).toString('base64url');
}

function readCursor(cursor: string | undefined, shards: number): Position {
  if (cursor === undefined) return { shard: 0, afterId: '' };
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2) {
      const [shard, afterId] = value as unknown[];
      if (
        typeof shard === 'number' &&
        isShardNumber(shard, shards) &&
        typeof afterId === 'string'
      ) {
        return { shard, afterId };
      }
    }
  } catch {
    // Falls through: a cursor issued by this service always parses.
  }
  throw new CountersignError('invalid_request', 'The cursor is not a next_cursor of this service.');
}

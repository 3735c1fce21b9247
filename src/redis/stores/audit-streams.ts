import type { AuditEvent } from '../../domain/audit.js';
import { maskText } from '../../domain/secrets/mask.js';
import { unavailable } from '../../domain/errors.js';
import type { AuditStreams, StreamEntry, StreamName } from '../../domain/worker-ports.js';
import type { StoreContext } from '../context.js';

/** The unexported part of the streams. */
export interface AuditBacklog {
  /**
   * Returns the number of unexported entries and the time of the oldest, in milliseconds since the Unix
   * epoch.
   */
  backlog(): Promise<{ readonly entries: number; readonly oldestMs: number | undefined }>;
}

/** Creates the audit streams: one per shard and one of the control slot. */
export function createAuditStreams(context: StoreContext): AuditStreams & AuditBacklog {
  const { runner, keys, shards } = context;
  const { client } = runner;
  const names: readonly StreamName[] = [
    'control',
    ...Array.from({ length: shards }, (_, shard) => shard),
  ];
  return {
    names,
    async read(stream, afterStreamId, count) {
      const from = `(${afterStreamId}`;
      const entries = await guarded(() =>
        client.xrange(keys.audit(stream), from, '+', 'COUNT', count),
      );
      return entries.map(([id, fields]) => entryOf(id, fields));
    },
    async trimThrough(stream, streamId) {
      const [tick = '0', seq = '0'] = streamId.split('-');
      const keepFrom = `${tick}-${String(BigInt(seq) + 1n)}`;
      await guarded(() => client.xtrim(keys.audit(stream), 'MINID', keepFrom));
    },
    async tips() {
      const newest = await Promise.all(
        names.map((name) =>
          guarded(() => client.xrevrange(keys.audit(name), '+', '-', 'COUNT', 1)),
        ),
      );
      return new Map(
        names.flatMap((name, index) =>
          (newest[index] ?? []).map(([id, fields]) => [name, entryOf(id, fields)] as const),
        ),
      );
    },
    backlog: () => backlogOf(context, names),
    async claim(storeId) {
      const owner = await guarded(async () => {
        await client.setnx(keys.auditOwner, storeId);
        return client.get(keys.auditOwner);
      });
      return owner === storeId;
    },
  };
}

async function backlogOf(
  { runner, keys }: StoreContext,
  names: readonly StreamName[],
): Promise<{ entries: number; oldestMs: number | undefined }> {
  const lengths = await Promise.all(
    names.map((name) => guarded(() => runner.client.xlen(keys.audit(name)))),
  );
  const waiting = names.filter((_, index) => (lengths[index] ?? 0) > 0);
  const oldest = await Promise.all(
    waiting.map((name) =>
      guarded(() => runner.client.xrange(keys.audit(name), '-', '+', 'COUNT', 1)),
    ),
  );
  const times = oldest.flatMap(([first]) =>
    first === undefined ? [] : [entryOf(...first).tickMs],
  );
  return {
    entries: lengths.reduce((sum, length) => sum + length, 0),
    oldestMs: times.length === 0 ? undefined : Math.min(...times),
  };
}

/** Characters of an unreadable entry that are kept: the beginning of most entries, with its type. */
const UNREADABLE_CHARS = 4096;

function entryOf(streamId: string, fields: readonly string[]): StreamEntry {
  const byName = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) byName.set(fields[i] ?? '', fields[i + 1] ?? '');
  const [tick = '', seq = ''] = streamId.split('-');
  return {
    streamId,
    epoch: byName.get('epoch') ?? '',
    seq: Number(seq),
    tickMs: Number(byName.get('at') ?? tick),
    events: eventsOf(streamId, byName.get('event') ?? ''),
  };
}

/** Returns the events of an entry. One that cannot be read becomes a gap: it must not stop those behind it. */
function eventsOf(streamId: string, text: string): readonly AuditEvent[] {
  const parsed = parsedOrUndefined(text);
  const events: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (events.length > 0 && events.every(isEvent)) return events;
  const detail = {
    ...{ kind: 'unreadable_entry', stream_id: streamId, chars: text.length },
    text: maskText(text.slice(0, UNREADABLE_CHARS)),
  };
  return [{ type: 'audit.gap', principal: { kind: 'system', id: 'audit-exporter' }, detail }];
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is AuditEvent {
  return typeof value === 'object' && value !== null && 'type' in value && 'principal' in value;
}

async function guarded<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    throw unavailable('an audit stream cannot be reached', error);
  }
}

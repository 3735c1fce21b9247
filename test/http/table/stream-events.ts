import { Redis } from 'ioredis';
import { createKeys } from '../../../src/redis/keys.js';
import { ScriptRunner } from '../../../src/redis/scripts.js';
import { createRefusalCloser } from '../../../src/redis/stores/refusal-store.js';
import type { AuditEvent } from '../../../src/domain/audit.js';
import { editedScripts } from '../../support/edited-scripts.js';
import type { TestRedis } from '../../support/redis.js';

const STREAM = /^cs:\{(?:s\d+|control)\}:audit$/;

/** Every event in the streams of a store without a worker, oldest first within a stream. */
export async function streamEvents(redis: TestRedis): Promise<readonly AuditEvent[]> {
  const client = new Redis({ path: redis.socket });
  try {
    const streams = (await client.keys('cs:*:audit')).filter((key) => STREAM.test(key));
    const entries = await Promise.all(streams.sort().map((key) => client.xrange(key, '-', '+')));
    return entries.flat().flatMap(([, fields]) => eventsIn(fields));
  } finally {
    client.disconnect();
  }
}

/** The events of one agent's requests, without what operators did to it. */
export async function accessEvents(
  redis: TestRedis,
  agentId: string,
): Promise<readonly AuditEvent[]> {
  const events = await streamEvents(redis);
  return events.filter(
    ({ agent_id: id, type }) => id === agentId && /^(access|token)\./.test(type),
  );
}

function eventsIn(fields: readonly string[]): AuditEvent[] {
  const text = fields[fields.indexOf('event') + 1] ?? '[]';
  const event = JSON.parse(text) as AuditEvent | AuditEvent[];
  return Array.isArray(event) ? event : [event];
}

const PAST = 'math.floor(read_meta(ARGV[1]).tick / MINUTE_MS)';
/** The scripts with a closer that does not wait for the end of the minute. */
const SCRIPTS = editedScripts((file, source) => {
  if (file !== 'closeRefusals-4.lua') return source;
  if (!source.includes(PAST)) throw new Error('closeRefusals finds past minutes in another way');
  return source.replace(PAST, '9e15');
});

/** Closes every count, also of this minute, and appends their events as the worker would. */
export async function closeCounts(redis: TestRedis): Promise<void> {
  const client = new Redis({ path: redis.socket });
  try {
    const keys = createKeys('cs');
    const closer = createRefusalCloser({
      runner: new ScriptRunner(client, SCRIPTS),
      keys,
      shards: 64,
    });
    for (const key of await client.keys('cs:*:refusal-minutes')) {
      const shard = Number(/\{s(\d+)\}/.exec(key)?.[1]);
      await closer.closeShard(shard, 100);
    }
  } finally {
    client.disconnect();
  }
}

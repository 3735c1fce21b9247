import { Redis } from 'ioredis';
import { createKeys } from '../../../src/redis/keys.js';
import { ScriptRunner } from '../../../src/redis/scripts.js';
import { createRefusalCloser } from '../../../src/redis/stores/refusal-store.js';
import type { AuditEvent } from '../../../src/domain/audit.js';
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

/** Lets the minute of every count end, and appends their events as the worker would. */
export async function closeCounts(redis: TestRedis): Promise<void> {
  const client = new Redis({ path: redis.socket });
  try {
    const keys = createKeys('cs');
    const closer = createRefusalCloser({ runner: new ScriptRunner(client), keys, shards: 64 });
    for (const key of await client.keys('cs:*:refusal-minutes')) {
      const shard = Number(/\{s(\d+)\}/.exec(key)?.[1]);
      const tick = Number(await client.hget(keys.meta(shard), 'tick'));
      await client.hset(keys.meta(shard), 'tick', String((Math.floor(tick / 60_000) + 1) * 60_000));
      await closer.closeShard(shard, 100);
    }
  } finally {
    client.disconnect();
  }
}

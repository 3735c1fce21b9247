import { Redis } from 'ioredis';
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

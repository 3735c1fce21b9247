import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Pool } from 'undici';
import { shardOfId } from '../../src/domain/ids.js';
import type { TestRedis } from './redis.js';
import type { TestService } from './service.js';

const SHARDS = 64;

/** One token request and what became of it; `token` only when a 200 with a token went out. */
export interface Asked {
  readonly status: number | 'no answer';
  readonly token?: string;
}

export interface Flood {
  /** Settles when every request was answered or failed. */
  readonly all: Promise<readonly Asked[]>;
  answered(): number;
  /** Requests that were sent and have no answer yet. */
  inFlight(): number;
}

/** Sends `count` token requests at once through the sidecar, each on a separate connection. */
export function flood(service: TestService, count: number): Flood {
  const pool = new Pool(service.sidecarUrl, { connections: count });
  const body = JSON.stringify({ resource: 'stripe', scope: 'read_invoices', ttl: 300 });
  let answered = 0;
  const one = async (): Promise<Asked> => {
    try {
      const reply = await pool.request({
        method: 'POST',
        path: '/token',
        headers: { 'content-type': 'application/json' },
        body,
      });
      const text = await reply.body.text();
      if (reply.statusCode !== 200) return { status: reply.statusCode };
      const { access_token: token } = JSON.parse(text) as { access_token: string };
      return { status: 200, token };
    } catch {
      return { status: 'no answer' };
    } finally {
      answered += 1;
    }
  };
  const all = async (): Promise<readonly Asked[]> => {
    try {
      return await Promise.all(Array.from({ length: count }, one));
    } finally {
      await pool.close();
    }
  };
  return { all: all(), answered: () => answered, inFlight: () => count - answered };
}

/** Ends a wait for what never comes; a busy machine may take long for what does. */
const WAIT_MAX_MS = 180_000;
/** A wait that lasts leaves the processor to the process it waits for: it looks less often the longer it lasts. */
const EAGER_MS = 20;
const POLL_SHARE = 0.1;
const POLL_MAX_MS = 100;

/** Waits until the condition holds; throws after three minutes. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await holds())) {
    const waited = performance.now() - began;
    if (waited > WAIT_MAX_MS) throw new Error(`waited in vain until ${what}`);
    if (waited < EAGER_MS) await new Promise((resolve) => setImmediate(resolve));
    else await delay(Math.min(POLL_MAX_MS, waited * POLL_SHARE));
  }
}

/** The `jti` in a token's payload. */
export function jtiOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
  return (JSON.parse(payload) as { jti: string }).jti;
}

export interface Evidence {
  /** Tokens that went out and are named by no event in a stream. */
  readonly withoutEvent: number;
  /** Tokens that went out and have no record. */
  readonly withoutRecord: number;
}

/** Looks into the store itself for the event and the record of every token that went out. */
export async function evidenceOf(redis: TestRedis, tokens: readonly string[]): Promise<Evidence> {
  const client = new Redis({ path: redis.socket });
  try {
    const named = new Set<string>();
    for (let shard = 0; shard < SHARDS; shard++) {
      const entries = await client.xrange(`cs:{s${String(shard)}}:audit`, '-', '+');
      for (const [, fields] of entries) {
        const event = JSON.parse(fields[fields.indexOf('event') + 1] ?? '{}') as { jti?: string };
        if (event.jti !== undefined) named.add(event.jti);
      }
    }
    let withoutRecord = 0;
    for (const jti of tokens.map(jtiOf)) {
      const shard = shardOfId('jti', jti, SHARDS);
      if ((await client.exists(`cs:{s${String(shard)}}:token:${jti}`)) === 0) withoutRecord += 1;
    }
    const withoutEvent = tokens.filter((token) => !named.has(jtiOf(token))).length;
    return { withoutEvent, withoutRecord };
  } finally {
    client.disconnect();
  }
}

/** How many of the tokens introspection calls active; waits for the service to be back first. */
export async function activeAmong(
  service: TestService,
  tokens: readonly string[],
): Promise<number> {
  const ask = async (token: string): Promise<Record<string, unknown> | undefined> => {
    const answer = await service.http.send('POST', '/introspect', {
      basic: service.resourceServer,
      form: { token },
    });
    return answer.status === 200 ? answer.json() : undefined;
  };
  await until('introspection answers', async () => (await ask('nonsense')) !== undefined);
  let active = 0;
  for (const token of tokens) if ((await ask(token))?.['active'] === true) active += 1;
  return active;
}

/** Takes the epoch check out of the scripts: the control, in which an old token must come back. */
export function withoutEpochCheck(file: string, source: string): string {
  if (file === 'includes/predicate.lua') {
    return source.replace("if not epoch or record.e ~= epoch then return 'epoch' end\n", '');
  }
  return source;
}

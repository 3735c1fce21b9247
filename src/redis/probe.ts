import { Cluster, type Redis } from 'ioredis';
import { within } from '../domain/deadline.js';
import type { RedisClient } from './client.js';

/** The findings of the probe; `problems` must be empty before the service may be ready. */
export interface ProbeReport {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface ProbeOptions {
  /** Production refuses what `local` only warns about. */
  readonly production: boolean;
  /** The operator accepted that a failover may reactivate revoked tokens. */
  readonly acceptReplicaRisk: boolean;
}

/**
 * Checks the assumptions of the invariants on every primary.
 * They are version, eviction, durability, replicas and ids in Lua. A clock that is wrong refuses no start, since a node
 * that grants nothing still revokes: the readiness check `clock` names it.
 */
export async function probeRedis(client: RedisClient, options: ProbeOptions): Promise<ProbeReport> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const nodes: Redis[] = client instanceof Cluster ? client.nodes('master') : [client];
  if (nodes.length === 0) problems.push('no primary of the cluster can be reached');
  for (const node of nodes) {
    for (const finding of await probeNode(node, options)) {
      const serious = finding.always || options.production;
      (serious ? problems : warnings).push(finding.text);
    }
  }
  return { problems, warnings };
}

interface Finding {
  readonly text: string;
  /** Refused in every profile. */
  readonly always: boolean;
}

async function probeNode(node: Redis, options: ProbeOptions): Promise<Finding[]> {
  const info = parseInfo(await node.info());
  const findings: Finding[] = [];
  const must = (ok: boolean, text: string, always = true): void => {
    if (!ok) findings.push({ text, always });
  };
  const major = Number(
    (info.get('valkey_version') ?? info.get('redis_version') ?? '0').split('.')[0],
  );
  must(
    major >= 7,
    `Redis 7.0 or Valkey 7.2 or newer is needed, this is ${info.get('redis_version') ?? 'unknown'}`,
  );
  must(
    info.get('maxmemory_policy') === 'noeviction',
    'maxmemory-policy must be noeviction: eviction loses records',
  );
  must(info.get('role') === 'master', 'the server is a replica: connect to the primary');
  must(
    info.get('aof_enabled') === '1',
    'the append-only file is off: a restart would lose the record (appendonly yes)',
    false,
  );
  const fsync = await configValue(node, 'appendfsync');
  must(
    fsync === 'always' || fsync === undefined,
    'appendfsync should be always: a power loss may lose the last second',
    false,
  );
  const replicas = Number(info.get('connected_slaves') ?? '0');
  must(
    replicas === 0 || options.acceptReplicaRisk,
    'the store has replicas: after a failover a revoked token may be active again until the lease is built (security.accept_replica_risk accepts it)',
    false,
  );
  must(
    await luaSeesIds(node),
    'INFO in a script does not give run_id and master_replid: the epoch cannot be kept',
  );
  return findings;
}

async function luaSeesIds(node: Redis): Promise<boolean> {
  const script =
    "#!lua\nlocal i = redis.call('INFO', 'server', 'replication')\n" +
    "return (string.match(i, 'run_id:%x+') and string.match(i, 'master_replid:%x+')) and 1 or 0";
  return (await node.eval(script, 0)) === 1;
}

async function configValue(node: Redis, name: string): Promise<string | undefined> {
  try {
    const reply: unknown = await node.config('GET', name);
    if (Array.isArray(reply)) return String(reply[1]);
    return (reply as Record<string, string>)[name];
  } catch {
    // Managed servers forbid CONFIG; the operator is then responsible for these settings.
    return undefined;
  }
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\r\n').flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1)]] : [];
  });
  return new Map(pairs);
}

/**
 * Returns used memory and its limit in bytes, of the fullest primary; the limit is 0 when there is
 * none.
 */
export async function memoryOf(client: RedisClient): Promise<{ used: number; max: number }> {
  const nodes: Redis[] = client instanceof Cluster ? client.nodes('master') : [client];
  const infos = await Promise.all(nodes.map(async (node) => parseInfo(await node.info('memory'))));
  const all = infos.map((info) => ({
    used: Number(info.get('used_memory') ?? '0'),
    max: Number(info.get('maxmemory') ?? '0'),
  }));
  return all.sort((a, b) => b.used - a.used)[0] ?? { used: 0, max: 0 };
}

/**
 * A script that writes nothing and that a server runs only if it takes writes.
 * A replica, a server that cannot write to its disk and one with too few replicas refuse it before it runs. A server
 * without memory runs it, since it runs revocations too.
 */
const WRITABLE = '#!lua flags=allow-oom\nreturn 1';

/** Throws when the server takes no writes. Needs no permission on a key. */
export async function requireWritable(server: Redis): Promise<void> {
  await server.eval(WRITABLE, 0);
}

/** Pings every primary, also those without a command so far. Throws the error of the first that fails. */
export async function pingPrimaries(client: RedisClient): Promise<void> {
  await Promise.all(primariesOf(client).map((node) => node.ping()));
}

/**
 * Returns how many primaries take no writes within `limitMs`. Throws the error of the first when none does.
 * A Cluster serves the agents of its other primaries while one fails over.
 */
export async function countReadOnly(client: RedisClient, limitMs: number): Promise<number> {
  const asked = primariesOf(client).map((server) => within(limitMs, requireWritable(server)));
  const results = await Promise.allSettled(asked);
  const failed = results.filter((result) => result.status === 'rejected');
  if (failed.length === results.length) throw failed[0]?.reason;
  return failed.length;
}

/** Returns a connection to each primary. Throws when a Cluster has none. */
function primariesOf(client: RedisClient): readonly Redis[] {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  if (nodes.length === 0) throw new Error('no primary of the cluster can be reached');
  return nodes;
}

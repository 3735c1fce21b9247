import type { Redis } from 'ioredis';
import { askOnce } from './ask-once.js';
import { addressesOf, addressOf, sentinelOptions, serverOptions } from './client.js';
import { causeOf } from './failure.js';
import { requireWritable } from './probe.js';
import { refuseClearText, type RedisTarget } from './target.js';
import type { Host } from './url.js';

/** The outcome of a connection attempt to one address. */
export interface AddressReport {
  /** `host:port` or the path of a socket. */
  readonly address: string;
  /** The role in which the address was queried. */
  readonly as: 'server' | 'Sentinel' | 'primary' | 'node';
  /** Undefined when the answer was as expected. Never holds a password. */
  readonly problem: string | undefined;
}

/**
 * Maximum number of nodes queried among those that a Cluster names, in addition to the nodes of the
 * URL.
 */
const MAX_NAMED_NODES = 64;

/**
 * Queries every address of the target over a separate connection and reports the cause of each failure.
 * Uses the options of the regular connections. The client itself reports one error for all addresses. Never throws.
 */
export async function diagnose(
  target: RedisTarget,
  timeoutMs: number,
): Promise<readonly AddressReport[]> {
  switch (target.topology) {
    case 'single':
      return [await askSingle(target, timeoutMs)];
    case 'sentinel':
      return askSentinels(target, timeoutMs);
    case 'cluster':
      return askNodes(target, timeoutMs);
  }
}

/** Returns the reports with a problem as one line; undefined when there is none. */
export function problemsOf(reports: readonly AddressReport[]): string | undefined {
  const failed = reports.filter(({ problem }) => problem !== undefined);
  if (failed.length === 0) return undefined;
  return failed
    .map(({ address, as, problem }) => `${as} ${address}: ${String(problem)}`)
    .join('; ');
}

async function askSingle(target: RedisTarget, timeoutMs: number): Promise<AddressReport> {
  const { socket, hosts } = target;
  const at = socket === undefined ? { ...hosts[0] } : { path: socket };
  const { problem } = await ask(target, at, serverOptions(target), timeoutMs, requireWritable);
  return { address: addressesOf(target)[0] ?? '', as: 'server', problem };
}

async function askSentinels(target: RedisTarget, timeoutMs: number): Promise<AddressReport[]> {
  const { hosts, primary = '' } = target;
  const answers = await Promise.all(
    hosts.map((host) => {
      const question = (client: Redis) =>
        client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', primary);
      return ask(target, host, sentinelOptions(target), timeoutMs, question);
    }),
  );
  const found = answers.map(({ answer }) => hostOf(answer));
  const reports = hosts.map((host, index): AddressReport => {
    const unknown =
      found[index] === undefined ? `does not know a primary named ${primary}` : undefined;
    return {
      address: addressOf(host),
      as: 'Sentinel',
      problem: answers[index]?.problem ?? unknown,
    };
  });
  const named = distinct(found.flatMap((host) => host ?? []));
  const primaries = named.map((host) => askServer(target, host, 'primary', timeoutMs));
  return [...reports, ...(await Promise.all(primaries))];
}

/** Asks the nodes of the URL for the map of the Cluster, then every primary of the map whether it takes writes. */
async function askNodes(target: RedisTarget, timeoutMs: number): Promise<AddressReport[]> {
  const answers = await Promise.all(
    target.hosts.map((host) =>
      ask(target, host, serverOptions(target), timeoutMs, (client) => client.cluster('SLOTS')),
    ),
  );
  const primaries = distinct(answers.flatMap(({ answer }) => primariesOf(answer)));
  const primary = new Set(primaries.map(addressOf));
  const known = target.hosts.map(async (host, index): Promise<AddressReport> => {
    const { problem } = answers[index] ?? {};
    if (problem === undefined && primary.has(addressOf(host))) {
      return askServer(target, host, 'node', timeoutMs);
    }
    return { address: addressOf(host), as: 'node', problem };
  });
  const ofUrl = new Set(target.hosts.map(addressOf));
  const more = primaries
    .filter((host) => !ofUrl.has(addressOf(host)))
    .slice(0, MAX_NAMED_NODES)
    .map((host) => askServer(target, host, 'node', timeoutMs));
  return Promise.all([...known, ...more]);
}

async function askServer(
  target: RedisTarget,
  host: Host,
  as: AddressReport['as'],
  timeoutMs: number,
): Promise<AddressReport> {
  const { problem } = await ask(target, host, serverOptions(target), timeoutMs, requireWritable);
  return { address: addressOf(host), as, problem };
}

interface Asked {
  readonly answer: unknown;
  readonly problem: string | undefined;
}

/** Sends one command over a separate connection, within `timeoutMs`. Never throws. */
async function ask(
  target: RedisTarget,
  at: Partial<Host> & { readonly path?: string },
  options: ReturnType<typeof serverOptions>,
  timeoutMs: number,
  question: (client: Redis) => Promise<unknown>,
): Promise<Asked> {
  try {
    if (at.host !== undefined) refuseClearText(target, at.host);
    const answer = await askOnce({ ...options, ...at }, timeoutMs, question);
    return { answer, problem: undefined };
  } catch (error) {
    return { answer: undefined, problem: causeOf(error) };
  }
}

function hostOf(answer: unknown): Host | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [host, port] = answer as readonly unknown[];
  return typeof host === 'string' ? { host, port: Number(port) } : undefined;
}

/** Returns the primaries of a CLUSTER SLOTS reply: `[first, last, [host, port, …], replica…]` each. */
function primariesOf(answer: unknown): Host[] {
  if (!Array.isArray(answer)) return [];
  return (answer as readonly unknown[]).flatMap((range) => {
    const primary: unknown = Array.isArray(range) ? range[2] : undefined;
    return hostOf(primary) ?? [];
  });
}

function distinct(hosts: readonly Host[]): Host[] {
  return [...new Map(hosts.map((host) => [addressOf(host), host])).values()];
}

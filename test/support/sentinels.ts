import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findRedisServer } from '../../src/redis/private/binary.js';
import type { TestCertificates } from './certificates.js';
import { freePort } from './redis.js';
import { startTlsRedis, type TlsRedis } from './tls-redis.js';

export const PRIMARY_NAME = 'main';

export interface SentinelOptions {
  readonly certificates: TestCertificates;
  /** Of the servers and of the Sentinels. */
  readonly password: string;
  readonly sentinelPassword: string;
  /** What the primary is announced as: `localhost` or `127.0.0.1`. */
  readonly announced: string;
}

/** One primary, one replica and three Sentinels, all with TLS and a password. */
export interface SentinelSet {
  readonly primary: TlsRedis;
  readonly replica: TlsRedis;
  readonly ports: readonly number[];
  /** The port of the primary that the Sentinels name now. */
  primaryPort(): Promise<number>;
  /** Ends one Sentinel. */
  endSentinel(index: number): Promise<void>;
  stop(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the set and waits until every Sentinel knows the replica and the other two. */
export async function startSentinels(options: SentinelOptions): Promise<SentinelSet> {
  const { certificates, password, announced } = options;
  const primary = await startTlsRedis(certificates, password, [
    ...['--masterauth', password, '--repl-diskless-sync-delay', '0'],
    ...['--replica-announce-ip', announced],
  ]);
  const replica = await startTlsRedis(certificates, password, [
    ...['--masterauth', password, '--replicaof', announced, String(primary.port)],
    ...['--replica-announce-ip', announced],
  ]);
  const folder = mkdtempSync(join(tmpdir(), 'cs-sentinel-'));
  const ports = [await freePort(), await freePort(), await freePort()];
  const children = ports.map((port) => {
    const file = join(folder, `${String(port)}.conf`);
    writeFileSync(file, configOf(options, port, primary.port));
    const args = [file, '--sentinel'];
    const child = spawn(findRedisServer(), args, { stdio: 'ignore', cwd: folder });
    running.add(child);
    return child;
  });
  const stop = async () => {
    await Promise.all(children.map(end));
    await Promise.all([primary.server.stop(), replica.server.stop()]);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(ports.map((port) => untilComplete(options, port)));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    primary,
    replica,
    ports,
    primaryPort: () => primaryPortOf(options, ports),
    endSentinel: (index) => end(children[index]),
    stop,
  };
}

function configOf(options: SentinelOptions, port: number, primaryPort: number): string {
  const { certificates, password, sentinelPassword, announced } = options;
  const byName = announced === '127.0.0.1' ? 'no' : 'yes';
  return [
    'bind 127.0.0.1',
    'port 0',
    `tls-port ${String(port)}`,
    `tls-cert-file ${certificates.certFile}`,
    `tls-key-file ${certificates.keyFile}`,
    `tls-ca-cert-file ${certificates.caFile}`,
    'tls-auth-clients no',
    'tls-replication yes',
    `requirepass ${sentinelPassword}`,
    `sentinel sentinel-pass ${sentinelPassword}`,
    `sentinel resolve-hostnames ${byName}`,
    `sentinel announce-hostnames ${byName}`,
    `sentinel announce-ip ${announced}`,
    `sentinel monitor ${PRIMARY_NAME} ${announced} ${String(primaryPort)} 2`,
    `sentinel auth-pass ${PRIMARY_NAME} ${password}`,
    `sentinel down-after-milliseconds ${PRIMARY_NAME} 2000`,
    `sentinel failover-timeout ${PRIMARY_NAME} 10000`,
    '',
  ].join('\n');
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await ended;
  running.delete(child);
}

/** Asks one Sentinel on a separate connection. */
async function askSentinel(
  { certificates, sentinelPassword }: SentinelOptions,
  port: number,
  ...args: string[]
): Promise<unknown> {
  const client = new Redis({
    ...{ host: '127.0.0.1', port, password: sentinelPassword, lazyConnect: true },
    ...{ retryStrategy: null, enableReadyCheck: false },
    tls: { ca: certificates.ca, checkServerIdentity: () => undefined },
  });
  client.on('error', () => undefined);
  try {
    return await client.call('SENTINEL', ...args);
  } finally {
    client.disconnect();
  }
}

async function untilComplete(options: SentinelOptions, port: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const seen = await missingFor(options, port).catch((error: unknown) => String(error));
    if (seen === undefined) return;
    if (performance.now() > deadline) throw new Error(`the Sentinels are not complete: ${seen}`);
    await delay(50);
  }
}

/** What one Sentinel knows, as long as it does not know all of it. */
async function missingFor(options: SentinelOptions, port: number): Promise<string | undefined> {
  const [others, replicas] = await Promise.all([
    askSentinel(options, port, 'SENTINELS', PRIMARY_NAME),
    askSentinel(options, port, 'REPLICAS', PRIMARY_NAME),
  ]);
  const known = (list: unknown) => (Array.isArray(list) ? list.length : 0);
  const healthy = !/[so]_down|disconnected/.test(JSON.stringify(replicas));
  if (known(others) === 2 && known(replicas) === 1 && healthy) return undefined;
  return JSON.stringify({ others, replicas });
}

async function primaryPortOf(options: SentinelOptions, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const answer = await askSentinel(options, port, 'GET-MASTER-ADDR-BY-NAME', PRIMARY_NAME).catch(
      () => undefined,
    );
    if (Array.isArray(answer)) return Number(answer[1]);
  }
  throw new Error('no Sentinel answers');
}

import { setTimeout as delay } from 'node:timers/promises';
import { askRedis } from '../../src/redis/private/ask.js';
import { tlsDirectives, type TestCertificates } from './certificates.js';
import { freePort, startRedis, type TestRedis } from './redis.js';

export interface ClusterOptions {
  /** Every node listens with TLS alone; its socket stays. */
  readonly tls?: TestCertificates;
  /** Set once the cluster is complete. */
  readonly password?: string;
  readonly args?: readonly string[];
}

export interface TestCluster {
  /** `redis+cluster://127.0.0.1:p1,127.0.0.1:p2,127.0.0.1:p3`; `rediss+…` with TLS. */
  readonly url: string;
  readonly ports: readonly number[];
  /** The three primaries, each with a third of the slots, in slot order. */
  readonly nodes: readonly TestRedis[];
  stop(): Promise<void>;
}

const SLOT_RANGES = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const;

/** Starts a Redis Cluster of three primaries and waits until each of them says that it is complete. */
export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const nodes: TestRedis[] = [];
  const ports: number[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    for (const range of SLOT_RANGES) {
      ports.push(await freePort());
      nodes.push(await startNode(ports.length, range, ports.at(-1) ?? 0, options));
    }
    for (const [index, node] of nodes.entries()) {
      if (index > 0) await meet(nodes[0]!, node, ports[index] ?? 0);
    }
    await Promise.all(nodes.map(untilComplete));
    if (options.password !== undefined) {
      for (const node of nodes) await ask(node, 'CONFIG', 'SET', 'requirepass', options.password);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  const hosts = ports.map((port) => `127.0.0.1:${String(port)}`);
  const scheme = options.tls === undefined ? 'redis' : 'rediss';
  return { url: `${scheme}+cluster://${hosts.join(',')}`, ports, nodes, stop };
}

async function startNode(
  epoch: number,
  slots: readonly string[],
  port: number,
  { tls, args = [] }: ClusterOptions,
): Promise<TestRedis> {
  const busPort = await freePort();
  const node = await startRedis({
    args: [
      ...(tls === undefined ? ['--port', String(port)] : tlsDirectives(port, tls)),
      ...['--cluster-enabled', 'yes'],
      ...['--cluster-port', String(busPort)],
      ...['--cluster-config-file', 'nodes.conf'],
      ...['--cluster-node-timeout', '5000'],
      ...args,
    ],
  });
  await ask(node, 'CLUSTER', 'SET-CONFIG-EPOCH', String(epoch));
  await ask(node, 'CLUSTER', 'ADDSLOTSRANGE', ...slots);
  return node;
}

async function meet(first: TestRedis, other: TestRedis, port: number): Promise<void> {
  const bus = /@(\d+)/.exec(await ask(other, 'CLUSTER', 'NODES'))?.[1];
  if (bus === undefined) throw new Error('the node does not say its bus port');
  await ask(first, 'CLUSTER', 'MEET', '127.0.0.1', String(port), bus);
}

async function untilComplete(node: TestRedis): Promise<void> {
  const deadline = performance.now() + 180_000;
  const wanted = ['cluster_state:ok', 'cluster_slots_ok:16384', 'cluster_size:3'];
  for (;;) {
    const info = await ask(node, 'CLUSTER', 'INFO');
    if (wanted.every((line) => info.includes(`${line}\r\n`))) return;
    if (performance.now() > deadline) throw new Error(`the cluster is not complete: ${info}`);
    await delay(20);
  }
}

function ask(node: TestRedis, ...command: string[]): Promise<string> {
  return askRedis({ path: node.socket }, command);
}

import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { STOP_LIMITS } from '../../domain/stop-limits.js';
import { PrivateRedisError } from './errors.js';
import { endProcess, identify, type ProcessIdentity } from './process.js';
import { askRedis, type RedisAddress } from './ask.js';

/** A Redis process that this process started and has to end. */
export interface RedisServer {
  readonly identity: ProcessIdentity;
  readonly child: ChildProcess;
  /** Resolves at the exit of the process, with its last output; never rejects. */
  readonly exited: Promise<RedisExit>;
}

export interface RedisExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of its output, at most 4,000 characters. */
  readonly output: string;
}

/**
 * Starts `redis-server` with these configuration directives (`['port', '0']`, …) and no configuration
 * file. It runs in a separate session, so that Ctrl-C in a terminal reaches the service alone, which ends the server
 * last.
 */
export function spawnRedis(
  serverPath: string,
  directives: readonly (readonly string[])[],
): RedisServer {
  const args = directives.flatMap(([name, ...values]) => [`--${String(name)}`, ...values]);
  const child = spawn(serverPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise<RedisExit>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, output: output.trim() });
    });
    child.on('error', (error) => {
      resolve({ code: null, signal: null, output: error.message });
    });
  });
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  return { identity: identity ?? { pid: child.pid ?? 0, startedAt: 'never' }, child, exited };
}

/**
 * Waits until the server answers PING, which is after it has loaded its append-only file.
 * Throws PrivateRedisError `start_failed`, with the server's output, when it ends or is not ready in time. Ends it and
 * throws the signal's reason once `stopping` aborts.
 */
export async function waitUntilReady(
  server: RedisServer,
  address: RedisAddress,
  timeoutMs: number,
  stopping?: AbortSignal,
): Promise<void> {
  let exit: RedisExit | undefined;
  void server.exited.then((seen) => (exit = seen));
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await askRedis(address, ['PING']).catch((error: unknown) => String(error));
    if (answer === 'PONG') return;
    if (exit !== undefined) {
      throw new PrivateRedisError('start_failed', `Redis exited during start: ${exit.output}`);
    }
    if (stopping?.aborted === true) {
      await endProcess(server.identity, STOP_LIMITS.redisMs);
      stopping.throwIfAborted();
    }
    if (performance.now() > deadline) {
      await endProcess(server.identity, STOP_LIMITS.redisMs);
      const { output } = await server.exited;
      const waited = `${String(Math.round(timeoutMs / 1000))} s`;
      throw new PrivateRedisError(
        'start_failed',
        `Redis is not ready after ${waited} (${answer}): ${output}`,
      );
    }
    await delay(10);
  }
}

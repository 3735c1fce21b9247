import { pause } from '../../domain/deadline.js';
import { STOP_LIMITS } from '../../domain/stop-limits.js';
import { PrivateRedisError } from './errors.js';
import type { PrivateRedisLog, RestartPolicy } from './options.js';
import { endProcess } from './process.js';
import { launch, type ServerPlan } from './running-server.js';
import type { RedisServer } from './server.js';

export interface Supervision {
  readonly plan: ServerPlan;
  readonly log: PrivateRedisLog;
  readonly restart: RestartPolicy;
  readonly onLost: (error: Error) => void;
}

/** The server of a data folder, which is started again when it exits. */
export interface SupervisedServer {
  readonly pid: number;
  /** Ends the current process and starts no other. */
  stop(): Promise<void>;
}

/** What Redis and the system say of a full disk or a used-up quota. */
const FULL_DISK = /No space left on device|Disk quota exceeded|\bENOSPC\b|\bEDQUOT\b/;

/**
 * Starts the server and starts it again, under the same lock, when it exits.
 * The pause between two tries doubles. A full disk is waited for without a limit; after other exits in a row the server
 * is given up and `onLost` is called.
 */
export async function supervise(
  supervision: Supervision,
  stopping?: AbortSignal,
): Promise<SupervisedServer> {
  const { plan, log } = supervision;
  const stopped = new AbortController();
  let current: RedisServer | undefined;
  const spawned = (server: RedisServer): void => {
    current = server;
  };
  // At any orderly exit of this process, Redis is asked to write its data and exit.
  const leave = (): void => {
    current?.child.kill('SIGTERM');
  };
  process.once('exit', leave);
  let server: RedisServer;
  try {
    server = await launch(plan, spawned, stopping);
  } catch (error) {
    process.off('exit', leave);
    throw error;
  }
  log.info({ pid: server.identity.pid, socket: plan.socket }, 'private Redis ready');
  const watching = new Keeper(supervision, spawned, stopped.signal).run(server);
  return {
    get pid() {
      return (current ?? server).identity.pid;
    },
    async stop() {
      stopped.abort(new Error('the private Redis is stopped'));
      if (current !== undefined) await endProcess(current.identity, STOP_LIMITS.redisMs);
      await watching;
      process.off('exit', leave);
    },
  };
}

/** Returns whether another process runs the server of the data folder now. */
function isTakenOver(error: unknown): boolean {
  return error instanceof PrivateRedisError && error.code === 'locked';
}

/** Starts a server again after each exit, until it is stopped or the server is given up. */
class Keeper {
  readonly #supervision: Supervision;
  readonly #spawned: (server: RedisServer) => void;
  readonly #stopped: AbortSignal;
  /** Exits in a row that count against the limit. */
  #exits = 0;
  /** Tries in a row, which lengthen the pause. */
  #tries = 0;

  constructor(
    supervision: Supervision,
    spawned: (server: RedisServer) => void,
    stopped: AbortSignal,
  ) {
    this.#supervision = supervision;
    this.#spawned = spawned;
    this.#stopped = stopped;
  }

  /** Never throws. */
  async run(first: RedisServer): Promise<void> {
    const { log, restart } = this.#supervision;
    let server: RedisServer | undefined = first;
    while (server !== undefined) {
      const sinceMs = performance.now();
      const { code, signal, output } = await server.exited;
      if (this.#stopped.aborted) return;
      log.error({ code, signal, output }, 'private Redis exited unexpectedly');
      if (performance.now() - sinceMs > restart.steadyMs) this.#exits = this.#tries = 0;
      const how = signal ?? `code ${String(code)}`;
      server = await this.#startAgain(`Redis exited with ${how}: ${output}`);
    }
  }

  /** Returns the next server that is ready; undefined when it was stopped or given up. */
  async #startAgain(firstCause: string): Promise<RedisServer | undefined> {
    const { plan, log } = this.#supervision;
    for (let cause = firstCause; ;) {
      if (this.#isLost(cause)) return undefined;
      try {
        await this.#pause();
        const server = await launch(plan, this.#spawned, this.#stopped);
        log.info({ pid: server.identity.pid, tries: this.#tries }, 'private Redis restarted');
        return server;
      } catch (error) {
        if (this.#stopped.aborted) return undefined;
        cause = error instanceof Error ? error.message : String(error);
        if (isTakenOver(error)) this.#exits = Number.POSITIVE_INFINITY;
        log.error({ cause }, 'private Redis not restarted');
      }
    }
  }

  #isLost(cause: string): boolean {
    const { log, restart, onLost } = this.#supervision;
    if (FULL_DISK.test(cause)) {
      log.error({}, 'no space for the private Redis; it starts again once there is space');
      return false;
    }
    this.#exits += 1;
    if (this.#exits < restart.maxExits) return false;
    const message = `the private Redis cannot be brought back: ${cause}`;
    onLost(new PrivateRedisError('start_failed', message));
    return true;
  }

  async #pause(): Promise<void> {
    const { firstPauseMs, longestPauseMs } = this.#supervision.restart;
    await pause(Math.min(firstPauseMs * 2 ** this.#tries, longestPauseMs), this.#stopped);
    this.#tries += 1;
  }
}

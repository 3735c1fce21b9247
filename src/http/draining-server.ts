import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, type AddressInfo, type ListenOptions, type Socket } from 'node:net';
import { STOP_LIMITS } from '../domain/stop-limits.js';
import { answerClientError } from './client-error.js';
import type { Exchange } from './exchange.js';
import type { Admit } from './proxies/admit.js';

export interface ServerTimeouts {
  /** Timeout for the head of a request, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** Timeout for a whole request including the body, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** Interval of the timeout checks, in milliseconds. */
  readonly checkIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  /** Grace on close for requests in flight on idle connections, in milliseconds. */
  readonly idleGraceMs: number;
  /** Wait on close for the end of a peer after the own one was sent, in milliseconds. */
  readonly endedGraceMs: number;
}

export const DEFAULT_TIMEOUTS: ServerTimeouts = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  checkIntervalMs: 1_000,
  keepAliveTimeoutMs: 65_000,
  idleGraceMs: 500,
  endedGraceMs: STOP_LIMITS.endedSocketMs,
};

const POLL_MS = 5;
/** Turns of the event loop without a new connection after which the kernel has none waiting. */
const QUIET_TURNS = 3;
const MAX_ACCEPT_MS = 250;

/** A node:http server that answers every accepted request before it closes. */
export class DrainingServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Sockets whose end was sent, with the time by the monotonic clock. */
  readonly #ended = new WeakMap<Socket, number>();
  #accepted = 0;
  #bound: AddressInfo | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    listener: RequestListener,
    private readonly exchange: Exchange,
    private readonly timeouts: ServerTimeouts,
    admit?: Admit,
  ) {
    this.#server = createServer(
      {
        headersTimeout: timeouts.headersTimeoutMs,
        requestTimeout: timeouts.requestTimeoutMs,
        connectionsCheckingInterval: timeouts.checkIntervalMs,
        keepAliveTimeout: timeouts.keepAliveTimeoutMs,
        noDelay: true,
      },
      listener,
    );
    this.#server.on('clientError', answerClientError);
    const serveHttp = this.#takeConnections();
    this.#server.on('connection', (socket: Socket) => {
      this.#accepted++;
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      if (admit === undefined) serveHttp(socket);
      else
        admit(socket, () => {
          serveHttp(socket);
        });
    });
  }

  // node:http parses a connection in its 'connection' listener. Removed here, so that `admit` decides when it runs.
  #takeConnections(): (socket: Socket) => void {
    const own = this.#server.listeners('connection') as ((socket: Socket) => void)[];
    this.#server.removeAllListeners('connection');
    return (socket) => {
      for (const begin of own) begin.call(this.#server, socket);
    };
  }

  /** Resolves when the server accepts connections; rejects when it cannot bind the address. */
  async listen(address: ListenOptions): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        const bound = this.#server.address();
        if (typeof bound === 'object' && bound !== null) this.#bound = bound;
        resolve();
      });
    });
  }

  /** The bound TCP port, also while closing; undefined on a unix socket or before `listen`. */
  port(): number | undefined {
    return this.#bound?.port;
  }

  /** The bound IP address, also while closing; undefined on a unix socket or before `listen`. */
  host(): string | undefined {
    return this.#bound?.address;
  }

  /**
   * Stops accepting connections and answers every request that has arrived with `Connection: close`.
   * Idle connections get a grace for requests in flight. A peer that does not end is cut after another one, as a crashed
   * host; the rest after `deadlineMs` milliseconds.
   */
  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#drain(performance.now() + deadlineMs);
    return this.#closing;
  }

  async #drain(deadline: number): Promise<void> {
    this.exchange.draining = true;
    await this.#acceptWaiting(deadline);
    const closed = this.#stopListening();
    const graceEnd = Math.min(performance.now() + this.timeouts.idleGraceMs, deadline);
    await pollUntil(() => this.#sockets.size === 0, graceEnd);
    // `end`, not `destroy`: pending writes are sent, and the peer sees an orderly close.
    await pollUntil(() => this.#endIdle(), deadline);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server.close(); // ends the timeout check; all connections are closed already
  }

  // Closing the listening socket resets connections that the kernel completed and the process has not accepted;
  // libuv accepts only some per turn.
  async #acceptWaiting(deadline: number): Promise<void> {
    const end = Math.min(performance.now() + MAX_ACCEPT_MS, deadline);
    let before = this.#accepted;
    for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < end; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#accepted !== before) quiet = 0;
      before = this.#accepted;
    }
  }

  // http.Server.close would cut idle connections at once, including requests in flight; net.Server's does not.
  #stopListening(): Promise<void> {
    return new Promise((resolve) => {
      NetServer.prototype.close.call(this.#server, () => {
        resolve();
      });
    });
  }

  #idleSockets(): Socket[] {
    const busy = new Set<Socket | null>();
    for (const res of this.exchange.active) busy.add(res.socket);
    return [...this.#sockets].filter((socket) => !busy.has(socket));
  }

  #endIdle(): boolean {
    const now = performance.now();
    for (const socket of this.#idleSockets()) {
      if (!socket.writableEnded) socket.end();
      if (!socket.writableFinished) continue;
      const endedAt = this.#ended.get(socket) ?? now;
      this.#ended.set(socket, endedAt);
      if (now - endedAt >= this.timeouts.endedGraceMs) socket.destroy();
    }
    return this.#sockets.size === 0;
  }
}

async function pollUntil(done: () => boolean, deadline: number): Promise<void> {
  while (!done() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

import { createServer, type RequestListener, type Server } from 'node:http';
import { Server as NetServer, type ListenOptions, type Socket } from 'node:net';
import { answerClientError } from './client-error.js';
import type { Exchange } from './exchange.js';
import type { Admit } from './proxies/admit.js';

export interface ServerTimeouts {
  /** For the head of a request, in milliseconds. */
  readonly headersTimeoutMs: number;
  /** For a whole request, body included, in milliseconds. */
  readonly requestTimeoutMs: number;
  /** How often the two above are looked at, in milliseconds. */
  readonly checkIntervalMs: number;
  readonly keepAliveTimeoutMs: number;
  /** On close: how long idle connections may still send a request that is on its way, in milliseconds. */
  readonly idleGraceMs: number;
}

export const DEFAULT_TIMEOUTS: ServerTimeouts = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  checkIntervalMs: 1_000,
  keepAliveTimeoutMs: 65_000,
  idleGraceMs: 500,
};

const POLL_MS = 5;
/** Turns of the event loop without a new connection after which the kernel has none waiting. */
const QUIET_TURNS = 3;
const MAX_ACCEPT_MS = 250;

/** A node:http server that answers what it accepted before it goes. */
export class DrainingServer {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #accepted = 0;
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

  // node:http parses a connection in its own 'connection' listener. Taken out, so that `admit` decides when it runs.
  #takeConnections(): (socket: Socket) => void {
    const own = this.#server.listeners('connection') as ((socket: Socket) => void)[];
    this.#server.removeAllListeners('connection');
    return (socket) => {
      for (const begin of own) begin.call(this.#server, socket);
    };
  }

  /** Resolves when connections are taken; rejects when the address cannot be had. */
  async listen(address: ListenOptions): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** The TCP port; undefined on a unix socket or before `listen`. */
  port(): number | undefined {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  /**
   * Takes no new connections, answers every request whose head arrived with `Connection: close`, gives idle
   * connections a grace to send what is on its way, and cuts what is left after `deadlineMs` milliseconds.
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
    // An end, not a destroy: what was written is still sent, and the peer sees an orderly close.
    await pollUntil(() => this.#endIdle(), deadline);
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server.close(); // ends the time-out check; everything else is closed
  }

  // Closing the listening socket resets connections that the kernel completed and nobody accepted, and
  // libuv accepts only some in each turn.
  async #acceptWaiting(deadline: number): Promise<void> {
    const end = Math.min(performance.now() + MAX_ACCEPT_MS, deadline);
    let before = this.#accepted;
    for (let quiet = 0; quiet < QUIET_TURNS && performance.now() < end; quiet++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#accepted !== before) quiet = 0;
      before = this.#accepted;
    }
  }

  // http.Server.close would cut idle connections at once, and with them requests that are on their way;
  // net.Server's does not.
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
    for (const socket of this.#idleSockets()) if (!socket.writableEnded) socket.end();
    return this.#sockets.size === 0;
  }
}

async function pollUntil(done: () => boolean, deadline: number): Promise<void> {
  while (!done() && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

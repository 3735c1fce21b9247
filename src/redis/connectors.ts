import { createConnection, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import {
  AbstractConnector,
  SentinelConnector,
  type Redis,
  type SentinelConnectionOptions,
} from 'ioredis';
import { refuseClearText, type RedisTarget } from './target.js';

type Connector = new (options: unknown) => AbstractConnector;

interface ServerAddress {
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly disconnectTimeout?: number;
}

/**
 * Opens every connection to one known server: with the target's TLS, or in clear text where that is allowed. The
 * check is made here, before a byte is sent, since a Cluster and a Sentinel name servers while the client runs.
 */
export function serverConnector(target: RedisTarget): Connector {
  return class extends AbstractConnector {
    readonly #address: ServerAddress;

    constructor(options: unknown) {
      const address = options as ServerAddress;
      super(address.disconnectTimeout ?? 2000);
      this.#address = address;
    }

    connect(): Promise<Socket> {
      this.connecting = true;
      return new Promise((resolve) => {
        const socket = openSocket(target, this.#address);
        socket.once('error', (error) => (this.firstError = error));
        this.stream = outliveErrors(socket);
        resolve(socket);
      });
    }
  };
}

function openSocket(target: RedisTarget, address: ServerAddress): Socket {
  const { path, host = 'localhost', port = 6379 } = address;
  const { tlsOptions } = target;
  if (path !== undefined) return createConnection({ path });
  refuseClearText(target, host);
  if (tlsOptions === undefined) return createConnection({ host, port });
  // Node sends the name (SNI) only when it is told to, and must not for an address.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...name, ...tlsOptions });
}

/**
 * ioredis listens for one error of a socket. One whose certificate was refused may tell of another after it, when
 * the server complains of the handshake that was cut short: unheard, it would end the process.
 */
function outliveErrors<T extends Socket>(socket: T): T {
  socket.on('error', () => undefined);
  return socket;
}

/** Finds the primary through Sentinel and connects to it; the Sentinels are asked through `serverConnector`. */
export function primaryConnector(target: RedisTarget): Connector {
  return class extends SentinelConnector {
    constructor(options: unknown) {
      super(options as SentinelConnectionOptions);
      // A private method of ioredis: a test asserts that it is there, since without it the default would be used.
      const base: unknown = Reflect.get(this, 'connectToSentinel');
      Object.defineProperty(this, 'connectToSentinel', {
        value: (endpoint: unknown, more: object = {}): unknown =>
          withErrorListener(
            Reflect.apply(base as Connect, this, [
              endpoint,
              { ...more, Connector: serverConnector(target) },
            ]),
          ),
      });
    }

    override async connect(emit: Parameters<SentinelConnector['connect']>[0]): Promise<Socket> {
      return outliveErrors(await super.connect(emit));
    }
  };
}

type Connect = (endpoint: unknown, options: object) => Redis;

/** ioredis prints the stack of an error that nobody listens for. */
function withErrorListener(client: Redis): Redis {
  client.on('error', () => undefined);
  return client;
}

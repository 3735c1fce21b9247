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
 * Returns a connector for one known server, which uses the target's TLS, or clear text where it is
 * allowed. The check runs here, before a byte is sent, since a Cluster and a Sentinel name servers at run time.
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
  // Node sends the server name (SNI) only on request; SNI does not allow an IP address.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return connectTls({ host, port, ...name, ...tlsOptions });
}

/**
 * Ignores the further errors of a socket: ioredis listens for the first one only.
 * After a refused certificate the server may report the aborted handshake as a second error. Unhandled, that error
 * would end the process.
 */
function outliveErrors<T extends Socket>(socket: T): T {
  socket.on('error', () => undefined);
  return socket;
}

/**
 * Returns a connector that finds the primary through Sentinel.
 * Sentinels are reached through `serverConnector`.
 */
export function primaryConnector(target: RedisTarget): Connector {
  return class extends SentinelConnector {
    constructor(options: unknown) {
      super(options as SentinelConnectionOptions);
      // A private method of ioredis. A test asserts that it exists; without the override the default would be used.
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
      stopFailoverDetector(this);
      return outliveErrors(await super.connect(emit));
    }
  };
}

/**
 * Stops the subscriptions of the previous connection, a private member of ioredis.
 * A failover announced while the connector asks the Sentinels would abort it, and ioredis does not connect again after
 * an abort. Nothing is lost: the connector is about to learn the new primary, and the next connection subscribes again.
 */
function stopFailoverDetector(connector: SentinelConnector): void {
  const detector = Reflect.get(connector, 'failoverDetector') as { cleanup(): void } | undefined;
  detector?.cleanup();
}

type Connect = (endpoint: unknown, options: object) => Redis;

/** Adds an error listener: ioredis prints the stack of an unhandled error. */
function withErrorListener(client: Redis): Redis {
  client.on('error', () => undefined);
  return client;
}

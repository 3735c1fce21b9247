import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A stable TCP address of 127.0.0.1 in front of servers that change. */
export interface Relay {
  readonly port: number;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  /** Sends later connections to this port; those that are open stay where they are. */
  pointAt(port: number): void;
  /** Accepts later connections and never answers them. */
  fallSilent(): void;
  stop(): Promise<void>;
}

/** Starts a relay to `port`; without one it is silent. `after` is the number of connections that still get there. */
export async function startRelay(port?: number, after = Number.POSITIVE_INFINITY): Promise<Relay> {
  const open = new Set<Socket>();
  let target = port;
  let accepted = 0;
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
    return socket;
  };
  const server = createServer((inner) => {
    keep(inner);
    accepted += 1;
    if (target === undefined || accepted > after) {
      inner.resume();
      return;
    }
    const outer = keep(connect(target, '127.0.0.1'));
    inner.pipe(outer).pipe(inner);
    inner.on('close', () => outer.destroy());
    outer.on('close', () => inner.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    pointAt: (next) => (target = next),
    fallSilent: () => (target = undefined),
    stop: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface RecordingListener {
  readonly port: number;
  /** What each connection sent, as far as it was read; after TLS when the listener has a certificate. */
  readonly received: readonly Buffer[];
  close(): Promise<void>;
}

export interface ListenerOptions {
  /** Speaks TLS with this certificate; absent: plain TCP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The reply to what one connection sent so far; undefined: none yet. */
  readonly answer?: (text: string) => string | undefined;
}

/** A TCP listener on 127.0.0.1 in the place of a Redis or a Sentinel, which keeps every byte it is sent. */
export async function startRecordingListener(
  options: ListenerOptions = {},
): Promise<RecordingListener> {
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    const index = received.push(Buffer.alloc(0)) - 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      received[index] = Buffer.concat([received[index] ?? Buffer.alloc(0), chunk]);
      const reply = options.answer?.(chunk.toString('latin1'));
      if (reply !== undefined) socket.write(reply);
    });
  };
  const server =
    options.tls === undefined ? createServer(accept) : createTlsServer(options.tls, accept);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    received,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Reply = readonly [RegExp, () => string];

/** Replies as a Sentinel does that knows one primary on 127.0.0.1: one reply for each command in the text. */
export function asSentinel(primaryPort: () => number): (text: string) => string | undefined {
  const primary = () => `*2\r\n${bulk('127.0.0.1')}${bulk(String(primaryPort()))}`;
  return replying([
    [/get-master-addr-by-name/i, primary],
    [/\r\nsentinels\r\n/i, () => '*0\r\n'],
  ]);
}

/** Replies as a node of a Cluster does in which one node on 127.0.0.1 has every slot. */
export function asClusterNode(port: () => number): (text: string) => string | undefined {
  const node = () => `*3\r\n${bulk('127.0.0.1')}:${String(port())}\r\n${bulk('a'.repeat(40))}`;
  return replying([
    [/\r\nslots\r\n/i, () => `*1\r\n*3\r\n:0\r\n:16383\r\n${node()}`],
    [/\$7\r\ncluster/i, () => bulk('cluster_state:ok')],
    [/\$4\r\ninfo/i, () => bulk('loading:0')],
  ]);
}

function bulk(text: string): string {
  return `$${String(text.length)}\r\n${text}\r\n`;
}

function replying(known: readonly Reply[]): (text: string) => string | undefined {
  const replies: readonly Reply[] = [
    [/^\*\d+\r\n\$5\r\nHELLO/i, () => "-ERR unknown command 'HELLO'\r\n"],
    ...known,
    [/./, () => '+OK\r\n'],
  ];
  return (text) => {
    const commands = text.split(/(?=\*\d+\r\n)/).filter((command) => command.startsWith('*'));
    // A client that opens a TLS handshake learns at once that there is none.
    if (commands.length === 0) return '-ERR unknown\r\n';
    return commands
      .map((command) => replies.find(([pattern]) => pattern.test(command))?.[1]() ?? '')
      .join('');
  };
}

import { createServer, type AddressInfo, type Socket } from 'node:net';

/** A Sentinel that a test scripts: the order of an announcement and an answer is left to chance with a real one. */
export interface ScriptedSentinel {
  readonly port: number;
  /** Number of connections that listen for failovers now. */
  readonly listeners: number;
  /** The port of the primary in the next answer; called for each question. */
  answerWith(primaryPort: () => Promise<number>): void;
  /** Announces a failover to all listeners. */
  announce(): void;
  stop(): Promise<void>;
}

export async function startScriptedSentinel(name: string): Promise<ScriptedSentinel> {
  const listeners = new Set<Socket>();
  const sockets = new Set<Socket>();
  let primaryPort = (): Promise<number> => Promise.reject(new Error('no answer is set'));

  const answer = async (socket: Socket, [command = '', ...args]: string[]): Promise<string> => {
    if (command === 'subscribe') {
      listeners.add(socket);
      return `>3\r\n${bulk('subscribe')}${bulk(args[0] ?? '')}:1\r\n`;
    }
    if (command !== 'sentinel') return '+OK\r\n';
    if (args[0] !== 'get-master-addr-by-name' || args[1] !== name) return '*0\r\n';
    return `*2\r\n${bulk('127.0.0.1')}${bulk(String(await primaryPort()))}`;
  };

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      listeners.delete(socket);
    });
    let answered = Promise.resolve();
    socket.on('data', (data) => {
      for (const command of commandsOf(data.toString())) {
        answered = answered
          .then(() => answer(socket, command))
          .then((text) => void socket.write(text))
          .catch(() => void socket.destroy());
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get listeners() {
      return listeners.size;
    },
    answerWith: (next) => {
      primaryPort = next;
    },
    announce: () => {
      const text = `>3\r\n${bulk('message')}${bulk('+switch-master')}${bulk(name)}`;
      for (const socket of listeners) socket.write(text);
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

const bulk = (text: string): string => `$${String(text.length)}\r\n${text}\r\n`;

/** Returns the commands of one packet, in lower case. */
function commandsOf(text: string): string[][] {
  return text
    .split(/^\*\d+\r\n/m)
    .filter((command) => command !== '')
    .map((command) =>
      command
        .split('\r\n')
        .filter((_, index) => index % 2 === 1)
        .map((word) => word.toLowerCase()),
    );
}

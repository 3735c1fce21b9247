import { connect, type NetConnectOpts } from 'node:net';

/** The address of a Redis: a unix socket or a TCP port of this machine. */
export type RedisAddress = { readonly path: string } | { readonly port: number };

/**
 * Sends one command over a separate connection and returns the text of the reply.
 * That is the string of a simple or bulk reply, or the digits of an integer. Works without a client library. Throws
 * when no server listens, on an error reply, on any other reply type, and after `timeoutMs`.
 */
export function askRedis(
  address: RedisAddress,
  command: readonly string[],
  timeoutMs = 1000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const target: NetConnectOpts =
      'path' in address ? { path: address.path } : { host: '127.0.0.1', port: address.port };
    const socket = connect(target);
    let received = '';
    const finish = (settle: () => void) => {
      clearTimeout(deadline);
      socket.destroy();
      settle();
    };
    const fail = (message: string) => {
      finish(() => {
        reject(new Error(message));
      });
    };
    const deadline = setTimeout(() => {
      fail(`no answer from Redis within ${String(timeoutMs)} ms`);
    }, timeoutMs);
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(encode(command)));
    socket.on('error', (error) => {
      fail(error.message);
    });
    socket.on('close', () => {
      fail('Redis closed the connection without an answer');
    });
    socket.on('data', (chunk: string) => {
      received += chunk;
      const reply = decode(received);
      if (reply === undefined) return;
      if (reply.error) fail(reply.text);
      else
        finish(() => {
          resolve(reply.text);
        });
    });
  });
}

function encode(command: readonly string[]): string {
  const parts = command.map((part) => `$${String(Buffer.byteLength(part))}\r\n${part}\r\n`);
  return `*${String(command.length)}\r\n${parts.join('')}`;
}

/** Decodes a reply; undefined while it is incomplete. */
function decode(received: string): { text: string; error: boolean } | undefined {
  const end = received.indexOf('\r\n');
  if (end === -1) return undefined;
  const line = received.slice(1, end);
  switch (received[0]) {
    case '+':
    case ':':
      return { text: line, error: false };
    case '-':
      return { text: line, error: true };
    case '$': {
      const body = Buffer.from(received.slice(end + 2));
      const length = Number(line);
      if (length < 0) return { text: '', error: false };
      if (body.length < length + 2) return undefined;
      return { text: body.subarray(0, length).toString(), error: false };
    }
    default:
      return { text: `unexpected reply ${line}`, error: true };
  }
}

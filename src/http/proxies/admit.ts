import type { Socket } from 'node:net';
import type { IsTrusted } from './addresses.js';
import { noteRelayed } from './peer.js';
import { parseProxyHeader, type ProxyHeader } from './proxy-header.js';

/** Decides on a new connection: hands it to HTTP with `serve`, or ends it. */
export type Admit = (socket: Socket, serve: () => void) => void;

/**
 * Makes the admission of a listener that requires the PROXY protocol. A connection that is not from a trusted proxy,
 * or does not begin with a whole header within `timeoutMs`, is closed without an answer: who sent it is unknown.
 */
export function requireProxyHeader(isTrusted: IsTrusted, timeoutMs: number): Admit {
  return (socket, serve) => {
    const proxy = socket.remoteAddress;
    if (proxy === undefined || !isTrusted(proxy)) {
      socket.destroy();
      return;
    }
    readHeader(socket, timeoutMs, ({ source }) => {
      const address = source ?? proxy;
      noteRelayed(socket, { address, isFinal: source === undefined });
      serve();
    });
  };
}

type WholeHeader = Extract<ProxyHeader, { state: 'whole' }>;

function readHeader(
  socket: Socket,
  timeoutMs: number,
  onHeader: (header: WholeHeader) => void,
): void {
  let bytes: Buffer = Buffer.alloc(0);
  const refuse = (): void => {
    stop();
    socket.destroy();
  };
  const read = (chunk: Buffer): void => {
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const header = parseProxyHeader(bytes);
    if (header.state !== 'whole') {
      if (header.state === 'invalid') refuse();
      return;
    }
    stop();
    // Until HTTP listens nothing must flow; what came behind the header is read first.
    socket.pause();
    if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
    onHeader(header);
    socket.resume();
  };
  const timer = setTimeout(refuse, timeoutMs);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off('data', read);
    socket.off('end', refuse);
    socket.off('close', stop);
    socket.off('error', refuse);
  };
  socket.on('data', read);
  socket.once('end', refuse);
  socket.once('close', stop);
  socket.on('error', refuse);
}

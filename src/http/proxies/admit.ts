import type { Socket } from 'node:net';
import type { IsTrusted } from './addresses.js';
import { noteRelayed } from './peer.js';
import { parseProxyHeader, type ProxyHeader } from './proxy-header.js';

/** Admits a new connection to HTTP with `serve`, or closes it. */
export type Admit = (socket: Socket, serve: () => void) => void;

/**
 * Creates the admission of a listener that requires the PROXY protocol. It closes a connection without
 * an answer when the peer is not a trusted proxy, or no whole header arrives within `timeoutMs`.
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
    // The socket stays paused until HTTP listens; the bytes after the header must be read first.
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

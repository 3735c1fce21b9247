import type { Socket } from 'node:net';

/** The other end of a connection. */
export interface Peer {
  /** An IP address, or `local` on a unix socket. */
  readonly address: string;
  /** Whether forwarding headers are ignored: the proxy's own connection, or an unknown client. */
  readonly isFinal: boolean;
}

const relayed = new WeakMap<Socket, Peer>();

/** Stores the peer that a PROXY header named, for as long as the connection lives. */
export function noteRelayed(socket: Socket, peer: Peer): void {
  relayed.set(socket, peer);
}

/** Returns the peer that a PROXY header named, else the socket's remote address. */
export function peerOf(socket: Socket): Peer {
  return relayed.get(socket) ?? { address: socket.remoteAddress ?? 'local', isFinal: false };
}

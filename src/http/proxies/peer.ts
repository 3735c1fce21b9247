import type { Socket } from 'node:net';

/** The other end of a connection. */
export interface Peer {
  /** An IP address, or `local` on a unix socket. */
  readonly address: string;
  /** No HTTP header is read for it: the connection is the proxy's own, or the proxy does not know the client. */
  readonly isFinal: boolean;
}

const relayed = new WeakMap<Socket, Peer>();

/** Stores the peer that a PROXY header named, for as long as the connection lives. */
export function noteRelayed(socket: Socket, peer: Peer): void {
  relayed.set(socket, peer);
}

/** Returns the peer that a PROXY header named, else the one the connection came from. */
export function peerOf(socket: Socket): Peer {
  return relayed.get(socket) ?? { address: socket.remoteAddress ?? 'local', isFinal: false };
}

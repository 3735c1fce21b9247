import type { IncomingMessage } from 'node:http';
import { trustedProxies, type IsTrusted } from './addresses.js';
import { hopsOfForwarded, hopsOfXForwardedFor, type Hops } from './forwarded.js';
import { peerOf } from './peer.js';

/** The address a request came from: an IP address, or `local` on a unix socket. */
export type SourceOf = (req: IncomingMessage) => string;

/** The header a proxy writes the client's address into. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

export interface ProxyTrust {
  /** Addresses and CIDR blocks; empty: no header is read. */
  readonly trustedProxies: readonly string[];
  /** The one that is read; the other is not, since a proxy passes on what it does not write. */
  readonly forwardedHeader: ForwardedHeader;
}

/** More proxies than stand in a row anywhere; past it a header is not believed. */
const MAX_HOPS = 32;
const HOPS: Readonly<Record<ForwardedHeader, (value: string) => Hops>> = {
  'x-forwarded-for': hopsOfXForwardedFor,
  forwarded: hopsOfForwarded,
};

/**
 * Makes the function that says where a request came from. The header counts only when the peer is a trusted proxy, and
 * from its end: the first hop that is no trusted proxy is the source. If the header is absent, malformed up to that hop,
 * or names trusted proxies only, the source is the peer: never an address that a client could choose.
 */
export function createSourceOf({ trustedProxies: blocks, forwardedHeader }: ProxyTrust): SourceOf {
  const isTrusted = trustedProxies(blocks);
  const hopsOf = HOPS[forwardedHeader];
  return (req) => {
    const peer = peerOf(req.socket);
    if (peer.isFinal || !isTrusted(peer.address)) return peer.address;
    const value = req.headers[forwardedHeader];
    if (typeof value !== 'string') return peer.address;
    return firstStranger(hopsOf(value), isTrusted) ?? peer.address;
  };
}

function firstStranger(hops: Hops, isTrusted: IsTrusted): string | undefined {
  let seen = 0;
  for (const hop of hops) {
    if (hop === undefined || ++seen > MAX_HOPS) return undefined;
    if (!isTrusted(hop)) return hop;
  }
  return undefined;
}

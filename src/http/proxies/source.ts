import type { IncomingMessage } from 'node:http';
import { trustedProxies, type IsTrusted } from './addresses.js';
import { hopsOfForwarded, hopsOfXForwardedFor, type Hops } from './forwarded.js';
import { peerOf } from './peer.js';

/** Returns the source address of a request: an IP address, or `local` on a unix socket. */
export type SourceOf = (req: IncomingMessage) => string;

/** The header that carries the client's address. */
export type ForwardedHeader = 'x-forwarded-for' | 'forwarded';

export interface ProxyTrust {
  /** Addresses and CIDR blocks; an empty list means no header is read. */
  readonly trustedProxies: readonly string[];
  /** The only header read: a proxy forwards the one it does not write unchecked. */
  readonly forwardedHeader: ForwardedHeader;
}

/** Limit of hops in a header, above any real chain of proxies; a longer header is ignored. */
const MAX_HOPS = 32;
const HOPS: Readonly<Record<ForwardedHeader, (value: string) => Hops>> = {
  'x-forwarded-for': hopsOfXForwardedFor,
  forwarded: hopsOfForwarded,
};

/**
 * Creates the function that finds the source address of a request.
 * It reads the header only from a trusted proxy, from the end: the first hop that is not a trusted proxy is the source.
 * If the header is absent, malformed up to that hop, or names trusted proxies only, the source is the peer: a client
 * can never choose it.
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

import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Returns whether an address belongs to a trusted proxy. */
export type IsTrusted = (address: string) => boolean;

/** Length limit of an address with zone and port; longer text is not parsed. */
const MAX_NODE_CHARS = 128;
/** `192.0.2.1:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711`; a port may be obfuscated (RFC 7239 section 6.3). */
const WITH_PORT = /^(?:\[([^[\]]+)\]|([0-9.]+))(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?$/;

/** Creates the check against addresses and CIDR blocks. Throws when one is neither. */
export function trustedProxies(blocks: readonly string[]): IsTrusted {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = '', prefix] = block.split('/');
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (text) => {
    const address = canonicalAddress(text);
    return address !== undefined && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  };
}

/** Normalises an IP address: no zone, IPv4 when mapped into IPv6; undefined for other text. */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = /^::ffff:([0-9.]+)$/.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address;
}

/** Parses a node, with or without brackets and port; undefined without an address (`unknown`). */
export function nodeAddress(text: string): string | undefined {
  if (text.length > MAX_NODE_CHARS) return undefined;
  const [, bracketed, plain] = WITH_PORT.exec(text) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? canonicalAddress(bracketed) : undefined;
  return canonicalAddress(plain ?? text);
}

import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net';

/** Whether an address is one of a trusted proxy. */
export type IsTrusted = (address: string) => boolean;

/** Longest text of an address with a zone and a port; anything longer is not looked at. */
const MAX_NODE_CHARS = 128;
/** `192.0.2.1:4711`, `[2001:db8::1]`, `[2001:db8::1]:4711`; a port may be obfuscated (RFC 7239 section 6.3). */
const WITH_PORT = /^(?:\[([^[\]]+)\]|([0-9.]+))(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?$/;

/** Makes the check against addresses and CIDR blocks. Throws when one is neither. */
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

/** One spelling of an IP address: no zone, IPv4 also where it is mapped into IPv6; undefined for anything else. */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text;
  if (!isIPv6(text)) return undefined;
  const { address } = new SocketAddress({ address: text, family: 'ipv6' });
  const mapped = /^::ffff:([0-9.]+)$/.exec(address)?.[1];
  return mapped !== undefined && isIPv4(mapped) ? mapped : address;
}

/** The address of a node as proxies write it, with or without brackets and port; undefined for `unknown` and the like. */
export function nodeAddress(text: string): string | undefined {
  if (text.length > MAX_NODE_CHARS) return undefined;
  const [, bracketed, plain] = WITH_PORT.exec(text) ?? [];
  if (bracketed !== undefined) return isIPv6(bracketed) ? canonicalAddress(bracketed) : undefined;
  return canonicalAddress(plain ?? text);
}

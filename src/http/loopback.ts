import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Returns whether a listen address is reachable from this machine only, also when IPv6 maps an IPv4 address. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const [address = ''] = host.split('%'); // without the zone of a link-local address
  const version = isIP(address);
  return version !== 0 && LOOPBACK.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Throws when a listen address is reachable from other machines. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new Error(`the sidecar listener must be on loopback or a unix socket, not on ${host}`);
}

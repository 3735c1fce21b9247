import { isIPv4, isIPv6 } from 'node:net';

/**
 * Returns the key under which failures of a peer address are counted.
 * It is the IPv4 address, or the /64 of an IPv6 address, since one customer usually has a whole /64. Anything else (a
 * unix socket) is one source.
 */
export function sourceKey(address: string): string {
  const bare = (address.split('%', 1)[0] ?? '').toLowerCase();
  const mapped = /^::ffff:([0-9.]+)$/.exec(bare)?.[1];
  if (mapped !== undefined && isIPv4(mapped)) return mapped;
  if (isIPv4(bare)) return bare;
  return isIPv6(bare) ? `${firstGroups(bare).join(':')}::/64` : 'local';
}

function firstGroups(address: string): string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  // A dotted IPv4 tail represents two groups.
  const length = before.length + after.length + (address.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : 8 - length;
  return [...before, ...Array<string>(zeros).fill('0'), ...after]
    .slice(0, 4)
    .map((group) => group.replace(/^0+(.)/, '$1'));
}

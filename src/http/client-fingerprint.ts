import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import type { Call } from './call.js';

/**
 * Returns the fingerprint of an agent's environment: 16 hex characters of a SHA-256.
 * The input is listener, network and `User-Agent`. None of these is proven, so a known fingerprint earns nothing.
 * Events record it for investigations; the score ignores it, since every deployment brings a new one.
 */
export function clientFingerprint(call: Pick<Call, 'listener' | 'source' | 'headers'>): string {
  const agent = call.headers['user-agent'] ?? '';
  // Bounds the hashed text: a header may be as long as the server allows.
  const text = `${call.listener}\n${networkOf(call.source)}\n${agent.slice(0, 512)}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Returns the /24 of an IPv4 or the /48 of an IPv6 address; changes within it mean nothing. */
export function networkOf(source: string): string {
  const address = source.startsWith('::ffff:') ? source.slice(7) : source;
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (!isIPv6(address)) return source;
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? 0 : tail.split(':').length;
  const zeros = tail === undefined ? 0 : 8 - groups.length - after;
  const full = [...groups, ...Array<string>(zeros).fill('0'), ...(tail ?? '').split(':')];
  return `${full
    .slice(0, 3)
    .map((group) => group.replace(/^0+(.)/, '$1'))
    .join(':')}::/48`;
}

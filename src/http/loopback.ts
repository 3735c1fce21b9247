import { isIP } from 'node:net';

/** Returns whether a listen address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/** Throws when a listen address is reachable from other machines. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new Error(`the sidecar listener must be on loopback or a unix socket, not on ${host}`);
}

import { isIP } from 'node:net';

/** Whether an address to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

/** Throws when an address can be reached from elsewhere. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw new Error(`the sidecar listener must be on loopback or a unix socket, not on ${host}`);
}

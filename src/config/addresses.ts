import { isIPv4 } from 'node:net';
import { hostPort } from '../domain/host-port.js';

/** Returns true for an address that is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host === '[::1]') return true;
  return isIPv4(host) && host.startsWith('127.');
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);

/**
 * Returns the URL at which this machine reaches a listener.
 * 127.0.0.1 stands for a listener on every address, and for a host that cannot be written in a URL.
 */
export function listenerUrl(host: string, port: number): string {
  const url = `http://${hostPort(host, port)}`;
  const usable = !EVERY_ADDRESS.has(host) && URL.canParse(url);
  return usable ? url : `http://${hostPort('127.0.0.1', port)}`;
}

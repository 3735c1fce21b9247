import { CountersignError } from '../domain/errors.js';
import type { Call } from './call.js';

/** Rejects a call from a browser or under a foreign name. */
export type HostGuard = (call: Call) => void;

const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;
const DEFAULT_PORT = '80';

/**
 * Creates the guard of one listener. A local browser can reach loopback, and a foreign name can resolve to it.
 * Host must therefore be loopback with the listener's port (any port on a unix socket), or be listed in
 * `allowedHosts` (`name`, with any port, or `name:port`). `setting` is the key of that list, for the hint.
 * Browsers are refused as well; see `refuseBrowsers`.
 */
export function hostGuard(
  port: () => number | undefined,
  allowedHosts: readonly string[],
  setting: string,
): HostGuard {
  const listed = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const hint = `Call it by its own address, or add the host to ${setting}.`;
  return (call) => {
    refuseBrowsers(call);
    const host = call.single('host')?.toLowerCase();
    if (host === undefined) throw notAllowed('The Host header is missing.', hint);
    const { name, named } = splitHost(host);
    if (listed.has(name) || listed.has(host)) return;
    if (!isOwnLoopback(name, named, port())) {
      throw notAllowed('The Host header does not name this listener.', hint);
    }
  };
}

/** Throws `host_not_allowed` for a call with an Origin or Sec-Fetch-Site header: only browsers send them. */
export function refuseBrowsers(call: Call): void {
  if (call.headers.origin !== undefined || call.headers['sec-fetch-site'] !== undefined) {
    throw notAllowed(
      'This listener does not answer browsers.',
      'Call it from a program, without Origin and Sec-Fetch-Site.',
    );
  }
}

function splitHost(host: string): { readonly name: string; readonly named: string } {
  const colon = host.lastIndexOf(':');
  const hasPort = colon >= 0 && colon > host.lastIndexOf(']');
  return hasPort
    ? { name: host.slice(0, colon), named: host.slice(colon + 1) }
    : { name: host, named: DEFAULT_PORT };
}

function isOwnLoopback(name: string, named: string, port: number | undefined): boolean {
  return LOOPBACK.test(name) && (port === undefined || named === String(port));
}

function notAllowed(detail: string, hint: string): CountersignError {
  return new CountersignError('host_not_allowed', detail, { hint });
}

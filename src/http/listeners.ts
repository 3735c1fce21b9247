import type { RequestListener } from 'node:http';
import { expressApp } from './express-app.js';
import { checkPrincipal } from './admin-guard.js';
import { DEFAULT_TIMEOUTS, DrainingServer } from './draining-server.js';
import { Exchange, type Guard } from './exchange.js';
import { frontBefore } from './front.js';
import { hostGuard } from './host-guard.js';
import type { ListenerName } from '../domain/http-observation.js';
import type { HttpDeps, ProxyProtocol } from './deps.js';
import { trustedProxies } from './proxies/addresses.js';
import { type Admit, requireProxyHeader } from './proxies/admit.js';
import { createSourceOf, type ProxyTrust, type SourceOf } from './proxies/source.js';
import type { Route } from './route.js';
import { adminRoutes, publicRoutes, sidecarRoutes } from './route-tables.js';
import { requireLoopback } from './loopback.js';
import { listenAt, type ListenAddress } from './listen-address.js';

/** One listener: `listen` starts it, `close` ends it. */
export interface Listener {
  readonly name: ListenerName;
  /** Resolves to the URL or `unix:<path>`; rejects when it cannot bind the address. */
  listen(): Promise<string>;
  /** Answers accepted requests, then closes; cuts the rest after `deadlineMs` milliseconds. */
  close(deadlineMs: number): Promise<void>;
}

export interface Listeners {
  readonly public: Listener;
  readonly admin: Listener;
  readonly sidecar: Listener | undefined;
  /** Closes all listeners in parallel. */
  close(deadlineMs: number): Promise<void>;
}

const NO_PROXY: ProxyTrust = { trustedProxies: [], forwardedHeader: 'x-forwarded-for' };
const HOT_OPERATIONS: ReadonlySet<string> = new Set(['token', 'introspect', 'sidecarToken']);

/** Creates the three listeners over one set of use cases; `listen` starts each of them. */
export function createListeners(deps: HttpDeps): Listeners {
  const publicListener = createPublicListener(deps);
  const admin = createAdminListener(deps);
  const sidecar = createSidecarListener(deps);
  return {
    public: publicListener,
    admin,
    sidecar,
    close: async (deadlineMs) => {
      const all = [publicListener, admin, ...(sidecar === undefined ? [] : [sidecar])];
      await Promise.all(all.map((listener) => listener.close(deadlineMs)));
    },
  };
}

/** Creates the public listener: token, introspection, revocation, metadata, keys. */
export function createPublicListener(deps: HttpDeps): Listener {
  const { host, port, proxyProtocol } = deps.config.public;
  const place = {
    name: 'public',
    address: { host, port },
    ...proxying(deps, proxyProtocol),
  } as const;
  return createListener(deps, place, publicRoutes(deps), () => undefined);
}

/** Creates the admin listener: the admin API, metrics and health. */
export function createAdminListener(deps: HttpDeps): Listener {
  const { host, port, allowedHosts, proxyProtocol } = deps.config.admin;
  const place = {
    name: 'admin',
    address: { host, port },
    ...proxying(deps, proxyProtocol),
  } as const;
  return createListener(deps, place, adminRoutes(deps), (boundPort) => {
    const checkHost = hostGuard(boundPort, allowedHosts);
    return async (call, route) => {
      checkHost(call);
      if (route !== undefined) await checkPrincipal(call, route, deps.authenticateAdmin);
    };
  });
}

/** Creates the sidecar listener: one agent, no credential, on loopback or a unix socket only. */
export function createSidecarListener(deps: HttpDeps): Listener | undefined {
  const { sidecar } = deps.config;
  if (sidecar === undefined) return undefined;
  if ('host' in sidecar.address) requireLoopback(sidecar.address.host);
  const routes = sidecarRoutes(deps, sidecar.agentId);
  // No proxy is trusted here: every caller of this listener is on this machine.
  const place = {
    name: 'sidecar',
    address: sidecar.address,
    ...proxying(deps, 'off', NO_PROXY),
  } as const;
  return createListener(deps, place, routes, (boundPort) => {
    const checkHost = hostGuard(boundPort, sidecar.allowedHosts);
    return (call) => {
      checkHost(call);
    };
  });
}

interface Place {
  readonly name: ListenerName;
  readonly address: ListenAddress;
  readonly sourceOf: SourceOf;
  readonly admit: Admit | undefined;
}

/** Returns a listener's source function and, with the PROXY protocol, its admission. */
function proxying(
  deps: HttpDeps,
  protocol: ProxyProtocol = 'off',
  trust: ProxyTrust = deps.config.proxies ?? NO_PROXY,
): Pick<Place, 'sourceOf' | 'admit'> {
  const { headersTimeoutMs } = { ...DEFAULT_TIMEOUTS, ...deps.timeouts };
  const admit =
    protocol === 'required'
      ? requireProxyHeader(trustedProxies(trust.trustedProxies), headersTimeoutMs)
      : undefined;
  return { sourceOf: createSourceOf(trust), admit };
}

function createListener(
  deps: HttpDeps,
  { name, address, sourceOf, admit }: Place,
  routes: readonly Route[],
  makeGuard: (boundPort: () => number | undefined) => Guard | undefined,
): Listener {
  const exchange: Exchange = new Exchange({
    listener: name,
    issuer: deps.config.issuer.replace(/\/$/, ''),
    requestTimeoutMs: deps.config.requestTimeoutMs,
    clock: deps.clock,
    guard: makeGuard(() => server.port()),
    sourceOf,
    observe: deps.observe,
    onError: deps.onError,
  });
  const app: RequestListener = expressApp(routes, exchange);
  const hot = routes.filter(({ operationId }) => HOT_OPERATIONS.has(operationId));
  const front = deps.config.front === false ? app : frontBefore(app, hot, exchange);
  const timeouts = { ...DEFAULT_TIMEOUTS, ...deps.timeouts };
  const server: DrainingServer = new DrainingServer(front, exchange, timeouts, admit);
  return {
    name,
    listen: () => listenAt(server, address),
    close: (deadlineMs) => server.close(deadlineMs),
  };
}

import type { RequestListener } from 'node:http';
import { CountersignError } from '../domain/errors.js';
import { expressApp } from './express-app.js';
import { checkPrincipal } from './admin-guard.js';
import { DEFAULT_TIMEOUTS, DrainingServer } from './draining-server.js';
import { Exchange, type Guard } from './exchange.js';
import { frontBefore } from './front.js';
import { hostGuard, refuseBrowsers } from './host-guard.js';
import type { ListenerName } from '../domain/http-observation.js';
import type { HttpDeps, ProxyProtocol } from './deps.js';
import { trustedProxies } from './proxies/addresses.js';
import { type Admit, requireProxyHeader } from './proxies/admit.js';
import { createSourceOf, type ProxyTrust, type SourceOf } from './proxies/source.js';
import type { Route } from './route.js';
import { adminRoutes, probeRoutes, publicRoutes, sidecarRoutes } from './route-tables.js';
import { isLoopback, requireLoopback } from './loopback.js';
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
  readonly probes: Listener | undefined;
  /** Closes all listeners in parallel, then the probes listener: probes read 503 while requests are answered. */
  close(deadlineMs: number): Promise<void>;
}

const NO_PROXY: ProxyTrust = { trustedProxies: [], forwardedHeader: 'x-forwarded-for' };
const READS = 'GET, HEAD';
const HOT_OPERATIONS: ReadonlySet<string> = new Set(['token', 'introspect', 'sidecarToken']);

/** Creates the listeners over one set of use cases; `listen` starts each of them. */
export function createListeners(deps: HttpDeps): Listeners {
  const publicListener = createPublicListener(deps);
  const admin = createAdminListener(deps);
  const sidecar = createSidecarListener(deps);
  const probes = createProbesListener(deps);
  return {
    public: publicListener,
    admin,
    sidecar,
    probes,
    close: async (deadlineMs) => {
      const end = performance.now() + deadlineMs;
      const all = [publicListener, admin, ...(sidecar === undefined ? [] : [sidecar])];
      await Promise.all(all.map((listener) => listener.close(deadlineMs)));
      await probes?.close(Math.max(0, end - performance.now()));
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

/**
 * Creates the admin listener: the admin API, metrics and health.
 * A probe calls an address that is not loopback by the address of a pod: there the probe routes accept any Host.
 */
export function createAdminListener(deps: HttpDeps): Listener {
  const { host, port, allowedHosts, proxyProtocol } = deps.config.admin;
  const place = {
    name: 'admin',
    address: { host, port },
    ...proxying(deps, proxyProtocol),
  } as const;
  const probes = new Set(probeRoutes(deps).map(({ operationId }) => operationId));
  return createListener(deps, place, adminRoutes(deps), ({ port: boundPort, isOnLoopback }) => {
    const checkHost = hostGuard(boundPort, allowedHosts, 'listeners.admin.allowed_hosts');
    return async (call, route) => {
      const isProbe = route !== undefined && probes.has(route.operationId);
      if (isProbe && !isOnLoopback()) refuseBrowsers(call);
      else checkHost(call);
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
  return createListener(deps, place, routes, ({ port }) =>
    hostGuard(port, sidecar.allowedHosts, 'listeners.sidecar.allowed_hosts'),
  );
}

/** Creates the probes listener: health, readiness and metrics for GET and HEAD, under any Host. */
export function createProbesListener(deps: HttpDeps): Listener | undefined {
  const { probes } = deps.config;
  if (probes === undefined) return undefined;
  // No proxy is trusted here: the source of a probe is for the log only.
  const place = { name: 'probes', address: probes, ...proxying(deps, 'off', NO_PROXY) } as const;
  return createListener(deps, place, probeRoutes(deps), () => (call) => {
    refuseBrowsers(call);
    if (call.method === 'GET' || call.method === 'HEAD') return;
    throw new CountersignError('method_not_allowed', `Use ${READS}.`, { allow: READS });
  });
}

/** The bound address of a listener, for its guard. */
interface Bound {
  readonly port: () => number | undefined;
  /** True unless the bound address is known and can be reached from other machines. */
  readonly isOnLoopback: () => boolean;
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
  makeGuard: (bound: Bound) => Guard | undefined,
): Listener {
  const exchange: Exchange = new Exchange({
    listener: name,
    issuer: deps.config.issuer.replace(/\/$/, ''),
    requestTimeoutMs: deps.config.requestTimeoutMs,
    clock: deps.clock,
    guard: makeGuard({
      port: () => server.port(),
      isOnLoopback: () => isLoopback(server.host() ?? 'localhost'), // unknown: the stricter of the two
    }),
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

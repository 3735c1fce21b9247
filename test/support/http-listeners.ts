import { systemClock } from '../../src/domain/clock.js';
import type { HttpDeps } from '../../src/http/deps.js';
import { createListeners, type Listeners } from '../../src/http/listeners.js';
import type { ReadinessReport } from '../../src/domain/readiness.js';
import type { HttpObservation } from '../../src/domain/http-observation.js';
import type { Route } from '../../src/http/route.js';
import {
  adminRoutes,
  probeRoutes,
  publicRoutes,
  sidecarRoutes,
} from '../../src/http/route-tables.js';
import type { AdminRole } from '../../src/domain/admin-role.js';
import { credentialFrom } from '../../src/identity/credential.js';
import { parseEvaluations } from '../../src/request/access-evaluation.js';
import { parseFormRequest, parseTokenForm } from '../../src/request/form.js';
import { parseJsonRequest } from '../../src/request/json.js';
import { parseStrictJson } from '../../src/request/strict-json.js';
import { FakeOperations } from './fake-operations.js';
import { KEY } from './fake-records.js';
import { type Endpoints, HttpClient, type ListenerName } from './http.js';

export const ADMIN_TOKENS: Readonly<Record<AdminRole, string>> = {
  admin: 'csa_admin',
  operator: 'csa_operator',
  auditor: 'csa_auditor',
};
export const SIDECAR_AGENT = 'sidecar-agent';

/** The listeners over fake operations, on ports the system chose. */
export interface FakeService {
  readonly operations: FakeOperations;
  readonly listeners: Listeners;
  readonly endpoints: Endpoints;
  readonly client: HttpClient;
  readonly observations: HttpObservation[];
  readonly errors: unknown[];
  readiness: ReadinessReport;
  close(): Promise<void>;
}

/** What a test may set otherwise. */
export interface FakeOptions {
  readonly front?: boolean;
  readonly timeouts?: HttpDeps['timeouts'];
  readonly sidecarSocket?: string;
  readonly allowedHosts?: readonly string[];
  /** Address of the admin listener; requests go to 127.0.0.1 all the same. */
  readonly adminHost?: string;
  /** Starts the probes listener; it is off by default. */
  readonly probes?: true;
  readonly proxies?: HttpDeps['config']['proxies'];
  /** Of the public and the admin listener. */
  readonly proxyProtocol?: 'off' | 'required';
}

export async function startFakeService(options: FakeOptions = {}): Promise<FakeService> {
  const operations = new FakeOperations();
  const observations: HttpObservation[] = [];
  const errors: unknown[] = [];
  const state = { readiness: { ready: true, checks: [] } as ReadinessReport };
  const listeners = createListeners({
    ...httpDeps(operations, options),
    readiness: () => Promise.resolve(state.readiness),
    observe: (observation) => observations.push(observation),
    onError: (error) => errors.push(error),
  });
  const endpoints = {
    publicUrl: await listeners.public.listen(),
    adminUrl: (await listeners.admin.listen()).replace('0.0.0.0', '127.0.0.1'),
    sidecarUrl: await listeners.sidecar?.listen(),
    probesUrl: await listeners.probes?.listen(),
    adminToken: ADMIN_TOKENS.admin,
  };
  const client = new HttpClient(endpoints);
  return Object.assign(state, {
    operations,
    listeners,
    endpoints,
    client,
    observations,
    errors,
    close: async () => {
      await client.close();
      await listeners.close(2_000);
    },
  });
}

/** Starts the service before a suite's tests and ends it after them; every test has fresh behaviour. */
export function useFakeService(options: FakeOptions = {}): () => FakeService {
  let service: FakeService | undefined;
  before(async () => {
    service = await startFakeService(options);
  });
  beforeEach(() => {
    service?.operations.reset();
  });
  after(async () => {
    await service?.close();
  });
  return () => {
    if (service === undefined) throw new Error('the service is started before the tests');
    return service;
  };
}

/** The route tables of the listeners; their handlers call fake operations. */
export function routeTables(): Readonly<Record<ListenerName, readonly Route[]>> {
  const deps = httpDeps(new FakeOperations(), {});
  return {
    public: publicRoutes(deps),
    admin: adminRoutes(deps),
    sidecar: sidecarRoutes(deps, SIDECAR_AGENT),
    probes: probeRoutes(deps),
  };
}

function httpDeps(operations: FakeOperations, options: FakeOptions): HttpDeps {
  const { front = true, timeouts, sidecarSocket, allowedHosts = [], proxies } = options;
  const { proxyProtocol = 'off', adminHost = '127.0.0.1' } = options;
  const loopback = { host: '127.0.0.1', port: 0 };
  return {
    config: {
      issuer: 'http://127.0.0.1:8484',
      version: '0.1.0',
      ...(proxies === undefined ? {} : { proxies }),
      public: { ...loopback, proxyProtocol },
      admin: { ...loopback, host: adminHost, proxyProtocol, allowedHosts },
      sidecar: {
        address: sidecarSocket === undefined ? loopback : { path: sidecarSocket },
        agentId: SIDECAR_AGENT,
        allowedHosts,
      },
      ...(options.probes === true ? { probes: loopback } : {}),
      requestTimeoutMs: 2_000,
      jwksMaxAgeSeconds: 60,
      front,
    },
    operations: operations.public,
    adminOperations: operations.admin,
    parsers: {
      parseToken: (codec, body) =>
        codec === 'json' ? parseJsonRequest(body) : parseFormRequest(body),
      parseTokenForm,
      parseEvaluations,
      credentialFrom,
      parseJson: (body) => Object.fromEntries(parseStrictJson(body)),
    },
    authenticateAdmin,
    metadata: {
      issuer: 'http://127.0.0.1:8484',
      token_endpoint: 'http://127.0.0.1:8484/token',
      jwks_uri: 'http://127.0.0.1:8484/jwks',
      grant_types_supported: ['client_credentials'],
    },
    jwks: () => Promise.resolve({ keys: [{ ...KEY.public_jwk, alg: 'ES256', use: 'sig' }] }),
    metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }),
    readiness: () => Promise.resolve({ ready: true, checks: [] }),
    clock: systemClock,
    observe: () => undefined,
    onError: () => undefined,
    timeouts: { idleGraceMs: 20, ...timeouts },
  };
}

function authenticateAdmin(token: string): Promise<{ id: string; role: AdminRole } | undefined> {
  const found = Object.entries(ADMIN_TOKENS).find(([, known]) => known === token);
  return Promise.resolve(
    found === undefined ? undefined : { id: `${found[0]}-1`, role: found[0] as AdminRole },
  );
}

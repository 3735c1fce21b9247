import { createRequire } from 'node:module';
import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import { systemClock } from '../domain/clock.js';
import { createListeners, type Listeners } from '../http/listeners.js';
import type { HttpDeps } from '../http/deps.js';
import type { AuthenticateAdmin } from '../http/ports.js';
import { createAdminAuthenticator } from '../identity/admin-authenticator.js';
import { credentialFrom } from '../identity/credential.js';
import { parseEvaluations } from '../request/access-evaluation.js';
import { parseFormRequest, parseTokenForm } from '../request/form.js';
import { parseJsonRequest } from '../request/json.js';
import { parseStrictJson } from '../request/strict-json.js';
import { jwks } from '../token/jwks.js';
import { authorizationServerMetadata } from '../token/metadata.js';
import type { RunHooks } from '../process/runner.js';
import type { Metrics } from '../telemetry/metrics.js';
import { createAdminDirectory } from './admin-principals.js';
import type { Parts } from './parts.js';
import { errorText } from './error-text.js';
import { createRefusalLog } from './refusal-log.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Creates the listeners over the use cases. */
export function createHttp(
  config: Config,
  secrets: Secrets,
  parts: Parts,
  operations: Pick<HttpDeps, 'operations' | 'adminOperations'>,
  { log, lifecycle, metrics }: Pick<RunHooks, 'log' | 'lifecycle'> & { metrics: Metrics },
): Listeners {
  const refusals = createRefusalLog(systemClock, metrics.refusalsUnlogged);
  return createListeners({
    ...operations,
    config: httpConfig(config),
    parsers: {
      parseToken: (codec, body) =>
        codec === 'json' ? parseJsonRequest(body) : parseFormRequest(body),
      parseTokenForm,
      parseEvaluations,
      credentialFrom,
      parseJson: (body) => Object.fromEntries(parseStrictJson(body)),
    },
    authenticateAdmin: adminAuthenticatorOf(config, secrets, parts),
    metadata: { ...authorizationServerMetadata({ issuer: config.issuer }) },
    async jwks() {
      // The document, not the generation of a shard: after a crash of the worker, the shards may learn of a published
      // key only when it is about to sign, and a key set without it would be cached until after that.
      await parts.keyring.refresh();
      return jwks(parts.keyring.view());
    },
    metrics: () => metrics.render(),
    async readiness() {
      const report = await lifecycle.readiness();
      metrics.readiness(report);
      return report;
    },
    clock: systemClock,
    observe: ({ listener, route, method, status, durationMs, requestId, source, error }) => {
      metrics.httpRequest({ listener, route, method, status, durationMs });
      if (error === undefined) return;
      metrics.refusals.inc({ code: error.code });
      const { code } = error;
      const line = refusals.admit(`${route} ${code}`);
      if (line === undefined) return;
      const fields = { requestId, route, status, source, code, cause: errorText(error), ...line };
      log[status >= 500 ? 'error' : 'info'](fields, 'request refused');
    },
    onError: (error, { requestId, route }) => {
      const line = refusals.admit(`${route} failed`);
      if (line !== undefined) log.error({ requestId, route, error, ...line }, 'request failed');
    },
  });
}

function adminAuthenticatorOf(
  config: Config,
  secrets: Secrets,
  { adminFailures: { limiter, counter } }: Parts,
): AuthenticateAdmin {
  return createAdminAuthenticator({
    find: createAdminDirectory(config, secrets.adminToken, systemClock),
    failures: limiter,
    onFailure: (source, expired) => {
      counter.count(source, expired);
    },
  });
}

function httpConfig(config: Config): HttpDeps['config'] {
  const { listeners } = config;
  const { sidecar, probes } = listeners;
  const address =
    sidecar.socket === undefined
      ? { host: sidecar.host, port: sidecar.port }
      : { path: sidecar.socket };
  return {
    issuer: config.issuer,
    version,
    proxies: listeners,
    public: listeners.public,
    admin: listeners.admin,
    ...(sidecar.enabled
      ? { sidecar: { address, agentId: sidecar.agentId, allowedHosts: sidecar.allowedHosts } }
      : {}),
    ...(probes.enabled ? { probes: { host: probes.host, port: probes.port } } : {}),
    requestTimeoutMs: config.request.deadlineMs,
    jwksMaxAgeSeconds: config.keys.jwksCacheSeconds,
  };
}

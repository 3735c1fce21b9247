import type { AdminRoute } from './admin-route.js';
import type { HttpDeps } from './deps.js';
import type { Route } from './route.js';
import { agentRoutes } from './routes/agents/route.js';
import { auditRoutes } from './routes/audit/route.js';
import { authzenRoutes } from './routes/authzen/route.js';
import { dataRoutes } from './routes/data/route.js';
import { deliveryRoutes } from './routes/deliveries/route.js';
import { errorPageRoute, loadErrorPages } from './routes/error-page/route.js';
import { healthRoute } from './routes/health/route.js';
import { introspectRoute } from './routes/introspect/route.js';
import { jwksRoute } from './routes/jwks/route.js';
import { keyRoutes } from './routes/keys/route.js';
import { storeRoutes } from './routes/store/route.js';
import { limitsRoutes } from './routes/limits/route.js';
import { metadataRoute } from './routes/metadata/route.js';
import { metricsRoute } from './routes/metrics/route.js';
import { withOpenApi } from './routes/openapi/route.js';
import { authorRoutes } from './routes/policy/author/route.js';
import { bundleRoutes } from './routes/policy/bundles/route.js';
import { analysisRoutes } from './routes/policy/analysis/route.js';
import { policyRoutes } from './routes/policy/route.js';
import { readyRoute } from './routes/ready/route.js';
import { resourceServerRoutes } from './routes/resource-servers/route.js';
import { resourceRoutes } from './routes/resources/route.js';
import { revocationRoutes } from './routes/revocations/route.js';
import { revokeRoute } from './routes/revoke/route.js';
import { signalRoutes } from './routes/signals/route.js';
import { simulationRoutes } from './routes/simulations/route.js';
import { statusRoutes } from './routes/status/route.js';
import { sidecarTokenRoute, tokenRoute } from './routes/token/route.js';

/** Returns the routes of the public listener. */
export function publicRoutes(deps: HttpDeps): readonly Route[] {
  const { issuer, version, jwksMaxAgeSeconds: maxAgeSeconds } = deps.config;
  const routes = [
    tokenRoute(deps),
    introspectRoute(deps),
    revokeRoute(deps),
    metadataRoute({ issuer, metadata: deps.metadata, maxAgeSeconds }),
    jwksRoute({ jwks: () => deps.jwks(), maxAgeSeconds }),
    errorPageRoute(loadErrorPages(deps.errorPagesFolder)),
    healthRoute(),
    ...authzenRoutes(deps, { issuer, maxAgeSeconds }),
  ];
  return withOpenApi(routes, { listener: 'public', version });
}

/** Returns the routes of the admin listener. */
export function adminRoutes(deps: HttpDeps): readonly Route[] {
  const admin = { operations: deps.adminOperations, parsers: deps.parsers };
  const guarded: readonly AdminRoute[] = [
    ...agentRoutes(admin),
    ...signalRoutes(admin),
    ...limitsRoutes(admin),
    ...resourceRoutes(admin),
    ...resourceServerRoutes(admin),
    ...revocationRoutes(admin),
    ...keyRoutes(admin),
    ...storeRoutes(admin),
    ...auditRoutes(admin),
    ...deliveryRoutes(admin),
    ...policyRoutes(admin),
    ...bundleRoutes(admin),
    ...statusRoutes(admin),
    ...authorRoutes(admin),
    ...analysisRoutes(admin),
    ...simulationRoutes(admin),
    ...dataRoutes({ ...admin, version: deps.config.version }),
  ];
  const open = [...probeRoutes(deps), errorPageRoute(loadErrorPages(deps.errorPagesFolder))];
  return withOpenApi([...guarded, ...open], { listener: 'admin', version: deps.config.version });
}

/** Returns the routes of the probes listener, which the admin listener serves as well. */
export function probeRoutes(deps: Pick<HttpDeps, 'metrics' | 'readiness'>): readonly Route[] {
  return [
    metricsRoute({ metrics: () => deps.metrics() }),
    healthRoute(),
    readyRoute({ readiness: () => deps.readiness() }),
  ];
}

/** Returns the routes of the sidecar listener. */
export function sidecarRoutes(deps: HttpDeps, agentId: string): readonly Route[] {
  const routes = [sidecarTokenRoute(deps, agentId), healthRoute()];
  return withOpenApi(routes, { listener: 'sidecar', version: deps.config.version });
}

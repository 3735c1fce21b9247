import type { HttpDeps } from './deps.js';
import type { Route } from './route.js';
import { introspectRoute } from './routes/introspect/route.js';
import { revocationRoutes } from './routes/revocations/route.js';
import { revokeRoute } from './routes/revoke/route.js';
import { sidecarTokenRoute, tokenRoute } from './routes/token/route.js';

/** What the public listener serves. */
export function publicRoutes(deps: HttpDeps): readonly Route[] {
  return [tokenRoute(deps), introspectRoute(deps), revokeRoute(deps)];
}

/** What the admin listener serves. */
export function adminRoutes(deps: HttpDeps): readonly Route[] {
  const admin = { operations: deps.adminOperations, parsers: deps.parsers };
  return [...revocationRoutes(admin)];
}

/** What the sidecar listener serves. */
export function sidecarRoutes(deps: HttpDeps, agentId: string): readonly Route[] {
  return [sidecarTokenRoute(deps, agentId)];
}

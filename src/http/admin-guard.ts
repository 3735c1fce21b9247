import { CountersignError } from '../domain/errors.js';
import type { IncomingCall } from './incoming-call.js';
import type { AuthenticateAdmin } from './ports.js';
import type { Route } from './route.js';

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,512})$/i;

/**
 * Authenticates the principal of an admin call (RFC 6750 section 2.1) and checks its role.
 * Throws `unauthorized`, `slow_down` or `forbidden`.
 */
export async function checkPrincipal(
  call: IncomingCall,
  route: Route,
  authenticateAdmin: AuthenticateAdmin,
): Promise<void> {
  const { access } = route;
  if (access === 'anyone') return;
  const token = BEARER.exec(call.single('authorization') ?? '')?.[1];
  const principal = token === undefined ? undefined : await authenticateAdmin(token, call.source);
  if (principal === undefined) {
    throw new CountersignError('unauthorized', 'No valid admin token was sent.', {
      challenge: 'Bearer',
    });
  }
  call.principal = { kind: 'admin', id: principal.id };
  if (!Array.isArray(access) || !access.includes(principal.role)) {
    throw new CountersignError('forbidden', `The role ${principal.role} may not do this.`);
  }
}

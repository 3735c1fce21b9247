import type { FailureLimiter } from './ports.js';
import { slowDown } from './refusal.js';

/** A principal of a token; its token may have expired. */
export interface FoundPrincipal<P> {
  readonly principal: P;
  readonly expired: boolean;
}

export interface AdminAuthenticatorDeps<P extends { readonly id: string }> {
  /** Returns the principal of a token, in constant time. */
  readonly find: (token: string) => FoundPrincipal<P> | undefined;
  readonly failures: FailureLimiter;
  /** Counts a failure for the record; `expired` is the principal of an expired token. */
  readonly onFailure: (source: string, expired: string | undefined) => void;
}

/**
 * Creates the authentication of admin tokens, with a budget of failures per source.
 * A token over the budget is still compared and a right one passes: an operator must get in during an attack. Throws
 * CountersignError `slow_down` for a failure over the budget; returns undefined for one within it.
 */
export function createAdminAuthenticator<P extends { readonly id: string }>(
  deps: AdminAuthenticatorDeps<P>,
): (token: string, source: string) => Promise<P | undefined> {
  return async (token, source) => {
    const origin = { endpoint: 'admin', source, deadlineMs: Infinity } as const;
    const overdrawn = deps.failures.waitSeconds(origin, '') > 0;
    const found = deps.find(token);
    if (found !== undefined && !found.expired) return found.principal;
    deps.failures.charge(origin, '');
    deps.onFailure(source, found?.principal.id);
    if (!overdrawn) return undefined;
    throw slowDown(Math.max(1, deps.failures.waitSeconds(origin, '')), 'no valid admin token');
  };
}

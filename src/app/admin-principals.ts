import { timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/config.js';
import type { AdminRole } from '../domain/admin-role.js';
import type { Clock } from '../domain/clock.js';
import type { FoundPrincipal } from '../identity/admin-authenticator.js';
import { sha256Hex } from '../registry/secret.js';

export interface AdminPrincipal {
  readonly id: string;
  readonly role: AdminRole;
}

/** Resolves admin tokens. Compares every token even after a match, so that timing reveals nothing. */
export function createAdminDirectory(
  { admin }: Pick<Config, 'admin'>,
  adminToken: string | undefined,
  clock: Clock,
): (token: string) => FoundPrincipal<AdminPrincipal> | undefined {
  const principals = admin.principals.map(({ id, role, tokenSha256, expiresAt }) => ({
    principal: { id, role },
    digest: Buffer.from(tokenSha256, 'hex'),
    endMs: endOf(expiresAt),
  }));
  if (adminToken !== undefined) {
    const digest = Buffer.from(sha256Hex(adminToken), 'hex');
    const endMs = endOf(admin.tokenExpiresAt);
    principals.push({ principal: { id: 'root', role: 'admin' }, digest, endMs });
  }
  return (token) => {
    const presented = Buffer.from(sha256Hex(token), 'hex');
    const [found] = principals.filter(
      ({ digest }) => digest.length === presented.length && timingSafeEqual(digest, presented),
    );
    if (found === undefined) return undefined;
    return { principal: found.principal, expired: clock.nowMs() >= found.endMs };
  };
}

function endOf(text: string | undefined): number {
  return text === undefined ? Infinity : Date.parse(text);
}

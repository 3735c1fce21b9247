import { timingSafeEqual } from 'node:crypto';
import type { Config } from '../config/config.js';
import type { AdminRole } from '../domain/admin-role.js';
import { sha256Hex } from '../registry/secret.js';

export interface AdminPrincipal {
  readonly id: string;
  readonly role: AdminRole;
}

/** Resolves admin tokens. Compares every token even after a match, so that timing reveals nothing. */
export function createAdminDirectory(
  config: Pick<Config, 'admin'>,
  adminToken: string | undefined,
): (token: string) => Promise<AdminPrincipal | undefined> {
  const principals = config.admin.principals.map(({ id, role, tokenSha256 }) => ({
    principal: { id, role },
    digest: Buffer.from(tokenSha256, 'hex'),
  }));
  if (adminToken !== undefined) {
    const digest = Buffer.from(sha256Hex(adminToken), 'hex');
    principals.push({ principal: { id: 'root', role: 'admin' }, digest });
  }
  return (token) => {
    const presented = Buffer.from(sha256Hex(token), 'hex');
    const matching = principals.filter(
      ({ digest }) => digest.length === presented.length && timingSafeEqual(digest, presented),
    );
    return Promise.resolve(matching[0]?.principal);
  };
}

import type { AdminRole } from '../domain/admin-role.js';

/** Roles of a route; an empty list does not compile. */
export type AdminRoles = readonly [AdminRole, ...AdminRole[]];

/** Roles that read. */
export const READ: AdminRoles = ['auditor', 'operator', 'admin'];
/** Roles that stop and release. */
export const RESPOND: AdminRoles = ['operator', 'admin'];
/** Roles that change registry, policy and keys. */
export const CHANGE: AdminRoles = ['admin'];

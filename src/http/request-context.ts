import type { AdminContext } from '../use-cases/admin/context.js';
import { unavailable } from '../domain/errors.js';
import type { RequestContext } from '../domain/request.js';
import type { Call } from './call.js';
import { clientFingerprint } from './client-fingerprint.js';

/** What travels beside a client's request. */
export function contextOf(call: Call): RequestContext {
  return { requestId: call.requestId, source: call.source, deadlineMs: call.deadlineMs };
}

/** The same for a request that is decided on: introspection has no use for where it comes from, and no time. */
export function decidedContextOf(call: Call): RequestContext {
  return { ...contextOf(call), clientFingerprint: clientFingerprint(call) };
}

/** Who calls the admin API; a handler without an authenticated principal never runs. */
export function adminContextOf(call: Call): AdminContext {
  if (call.principal === undefined) throw unavailable('admin handler without a principal');
  return { requestId: call.requestId, principal: call.principal };
}

import type { AdminContext } from '../use-cases/admin/context.js';
import { unavailable } from '../domain/errors.js';
import type { RequestContext } from '../domain/request.js';
import type { Call } from './call.js';
import { clientFingerprint } from './client-fingerprint.js';

/** Returns the context of a client's request: id, source and deadline. */
export function contextOf(call: Call): RequestContext {
  return { requestId: call.requestId, source: call.source, deadlineMs: call.deadlineMs };
}

/** Returns the context of a decision request: also the fingerprint, which introspection skips. */
export function decidedContextOf(call: Call): RequestContext {
  return { ...contextOf(call), clientFingerprint: clientFingerprint(call) };
}

/** Returns the context of an admin call. Throws when the call has no authenticated principal. */
export function adminContextOf(call: Call): AdminContext {
  if (call.principal === undefined) throw unavailable('admin handler without a principal');
  return { requestId: call.requestId, principal: call.principal };
}

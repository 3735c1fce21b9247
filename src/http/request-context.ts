import type { AdminContext } from '../authorize/operations.js';
import { unavailable } from '../domain/errors.js';
import type { RequestContext } from '../domain/request.js';
import type { Call } from './call.js';

/** What travels beside a client's request. */
export function contextOf(call: Call): RequestContext {
  return { requestId: call.requestId, source: call.source, deadlineMs: call.deadlineMs };
}

/** Who calls the admin API; a handler without an authenticated principal never runs. */
export function adminContextOf(call: Call): AdminContext {
  if (call.principal === undefined) throw unavailable('admin handler without a principal');
  return { requestId: call.requestId, principal: call.principal };
}

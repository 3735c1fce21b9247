import type { AuditQuery } from '../../../domain/audit-query.js';
import { AUDIT_EVENT_TYPES } from '../../../domain/audit.js';
import { CountersignError } from '../../../domain/errors.js';
import type { AuditOperations } from '../../../use-cases/operations.js';
import { READ } from '../../admin-roles.js';
import { adminRoute, type AdminRoute } from '../../admin-route.js';
import type { Call } from '../../call.js';
import { pageOf } from '../../paging.js';
import { timeOf } from '../../query-time.js';
import { readQuery } from '../../query.js';
import { replyJson } from '../../reply.js';
import { adminContextOf } from '../../request-context.js';
import { jsonAnswer } from '../../route.js';
import { AUDIT_PARAMETER_NAMES, AUDIT_PAGE, AUDIT_PARAMETERS } from './schema.js';

export interface AuditDeps {
  readonly operations: { readonly audit: AuditOperations };
}

/** Returns the route that queries the audit record. */
export function auditRoutes({ operations }: AuditDeps): readonly AdminRoute[] {
  return [
    adminRoute('queryAudit', {
      summary: 'Find events by agent, session, task, user, decision, grant, token, type and time.',
      method: 'GET',
      path: '/admin/v1/audit',
      roles: READ,
      query: AUDIT_PARAMETERS,
      responses: { 200: jsonAnswer('A page of events.', AUDIT_PAGE) },
      handler: async (call) => {
        const page = await operations.audit.query(auditQueryOf(call), adminContextOf(call));
        const { items, nextCursor, complete, foundBy, counting, problem } = page;
        return replyJson(200, {
          items,
          next_cursor: nextCursor,
          complete,
          found_by: foundBy,
          counting,
          problem,
        });
      },
    }),
  ];
}

function auditQueryOf(call: Call): AuditQuery {
  const given = readQuery(call, AUDIT_PARAMETER_NAMES);
  const { agent, session, task, user, decision, grant, jti, type, since, until } = given;
  if (type !== undefined && !AUDIT_EVENT_TYPES.some((known) => known === type)) {
    throw invalid('type must be a known event type.');
  }
  const sinceMs = since === undefined ? undefined : timeOf('since', since);
  const untilMs = until === undefined ? undefined : timeOf('until', until);
  return {
    ...pageOf(given),
    order: orderOf(given.order),
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(session === undefined ? {} : { sessionId: session }),
    ...(task === undefined ? {} : { taskId: task }),
    ...(user === undefined ? {} : { userId: user }),
    ...(decision === undefined ? {} : { decisionId: decision }),
    ...(grant === undefined ? {} : { grantId: grant }),
    ...(jti === undefined ? {} : { jti }),
    ...(type === undefined ? {} : { type }),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(untilMs === undefined ? {} : { untilMs }),
  };
}

function orderOf(order = 'desc'): 'asc' | 'desc' {
  if (order === 'asc' || order === 'desc') return order;
  throw invalid('order must be asc or desc.');
}

function invalid(detail: string): CountersignError {
  return new CountersignError('invalid_request', detail);
}

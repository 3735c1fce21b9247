import { adminRoute } from '../../admin-route.js';
import { jsonAnswer, type Route } from '../../route.js';
import { type AuditDeps, queryAudit } from './handler.js';
import { AUDIT_PAGE, AUDIT_PARAMETERS } from './schema.js';

/** The record. */
export function auditRoutes(deps: AuditDeps): readonly Route[] {
  return [
    adminRoute('queryAudit', {
      summary: 'Find events by agent, session, task, user, decision, grant, token, type and time.',
      method: 'GET',
      path: '/admin/v1/audit',
      query: AUDIT_PARAMETERS,
      responses: { 200: jsonAnswer('A page of events.', AUDIT_PAGE) },
      handler: queryAudit(deps),
    }),
  ];
}

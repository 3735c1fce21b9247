import type { AuditItem, Delivery } from '../../src/domain/audit-query.js';

export const EVENT: AuditItem = {
  event_id: '17/e/1',
  time_ms: 1_700_000_000_000,
  type: 'access.granted',
  principal: { kind: 'agent', id: 'demo-agent' },
  agent_id: 'demo-agent',
  use: { count: 2, last_at_ms: 1_700_000_000_500 },
};

export const DELIVERY: Delivery = {
  id: 'dlv_1',
  event_id: '17/e/1',
  endpoint: 'ops',
  state: 'pending',
  attempts: 1,
  last_error: 'HTTP 500',
  updated_at_ms: 5,
};

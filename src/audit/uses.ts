import type { AuditEvent } from '../domain/audit.js';
import type { Database } from './database.js';

/**
 * Adds a `token.introspected` event to the use count of its grant.
 * Its detail is `{active, inactive, last_at_ms, resource_server}`; only active answers count. Call once for each event.
 */
export function countUse(database: Database, event: AuditEvent): void {
  if (event.type !== 'token.introspected' || typeof event.grant_id !== 'string') return;
  const active = event.detail?.['active'];
  const lastAtMs = event.detail?.['last_at_ms'];
  if (!Number.isSafeInteger(active) || !Number.isSafeInteger(lastAtMs)) return;
  if (Number(active) <= 0) return;
  database.run(
    `INSERT INTO uses (grant_id, count, last_at_ms) VALUES (?, ?, ?)
     ON CONFLICT (grant_id) DO UPDATE SET
       count = count + excluded.count, last_at_ms = max(last_at_ms, excluded.last_at_ms)`,
    [event.grant_id, Number(active), Number(lastAtMs)],
  );
}

import type { AuditEvent } from '../domain/audit.js';
import { REDACTED } from '../domain/secrets/list.js';
import { isSecretMember, maskText } from '../domain/secrets/mask.js';

const MEMBERS: Readonly<Record<keyof AuditEvent, true>> = {
  type: true,
  request_id: true,
  principal: true,
  agent_id: true,
  session_id: true,
  task_id: true,
  user_id: true,
  declared_reason: true,
  resource: true,
  scopes_requested: true,
  scopes_granted: true,
  removed: true,
  decision_id: true,
  effect: true,
  rules: true,
  codes: true,
  policy_revision: true,
  input_digest: true,
  policy_input: true,
  input_masked: true,
  not_replayable: true,
  clamped: true,
  alarms: true,
  anomaly: true,
  authentication: true,
  client: true,
  honey_scopes: true,
  signals: true,
  ttl_seconds_requested: true,
  ttl_seconds_granted: true,
  expires_at_ms: true,
  grant_id: true,
  jti: true,
  kid: true,
  count: true,
  bucket: true,
  first_at_ms: true,
  last_at_ms: true,
  cut: true,
  detail: true,
};

const MAX_DEPTH = 8;

interface Scan {
  found: boolean;
}

function cleanText(text: string, scan: Scan): string {
  const clean = maskText(text);
  if (clean !== text) scan.found = true;
  return clean;
}

function cleanValue(value: unknown, depth: number, scan: Scan): unknown {
  if (typeof value === 'string') return cleanText(value, scan);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object' || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1, scan) ?? null);
  // Entries, not assignment: a member named __proto__ stays a plain member.
  const entries = Object.entries(value).flatMap(([name, member]): [string, unknown][] => {
    if (isSecretMember(value, name, member)) {
      scan.found = true;
      return [[name, REDACTED]];
    }
    const clean = cleanValue(member, depth + 1, scan);
    return clean === undefined ? [] : [[cleanText(name, scan), clean]];
  });
  return Object.fromEntries(entries);
}

/** An event that may be kept, and whether something had to be taken out of it. */
export interface CleanEvent {
  readonly event: AuditEvent;
  readonly redacted: boolean;
}

/**
 * The allow-list serialiser of audit events: only the members of AuditEvent, and in them no text that is or
 * stands where a secret would. The rest of the event is kept, so that a secret in a reason loses no event.
 */
export function redactEvent(event: AuditEvent): CleanEvent {
  const scan: Scan = { found: false };
  const entries = Object.entries(event).flatMap(([name, value]): [string, unknown][] => {
    if (!Object.hasOwn(MEMBERS, name)) {
      scan.found = true;
      return [];
    }
    const clean = cleanValue(value, 0, scan);
    return clean === undefined ? [] : [[name, clean]];
  });
  return { event: Object.fromEntries(entries) as unknown as AuditEvent, redacted: scan.found };
}

/**
 * Throws when an event carries a member that is not an event's, or something that looks like a secret.
 * The error names the type only, never the text.
 */
export function assertNoSecrets(event: AuditEvent): void {
  if (redactEvent(event).redacted) {
    throw new Error(`an audit event of type ${event.type} contains a secret or an unknown member`);
  }
}

import type { AuditEvent, AuditEventType } from '../domain/audit.js';
import type { Principal } from '../domain/revocation.js';
import type { KeyRecord, KeyState, KeyringDocument } from '../domain/token.js';

/** Number of records of retired and revoked keys to keep. */
const ENDED_KEPT = 20;

/** A new keyring document, and the events that describe the change. */
export interface KeyringPlan {
  readonly next: KeyringDocument;
  readonly events: readonly AuditEvent[];
}

/** The cause of a keyring change, for the audit events. */
export interface KeyChangeCause {
  readonly principal: Principal;
  readonly requestId?: string;
  readonly reason?: string;
}

export const SERVICE_ITSELF: KeyChangeCause = { principal: { kind: 'system', id: 'keyring' } };

/**
 * Returns a keyring with one key, which is active at once, since no client has an older key set that verifies.
 * `after`: the highest generation of the store, 0 unless the document was lost. Generations never decrease.
 */
export function firstKeyring(key: KeyRecord, nowMs: number, after: number): KeyringPlan {
  return {
    next: { generation: after + 1, keys: [activate(key, nowMs)] },
    events: [keyEvent('key.published', key), keyEvent('key.activated', key)],
  };
}

/** Marks a rotation as requested. Undefined when one is requested or running already. */
export function requestRotation(
  document: KeyringDocument,
  nowMs: number,
  cause: KeyChangeCause,
): KeyringPlan | undefined {
  if (document.rotation_requested_at_ms !== undefined) return undefined;
  if (keyIn(document, 'next')) return undefined;
  return {
    next: {
      ...document,
      generation: document.generation + 1,
      rotation_requested_at_ms: nowMs,
    },
    events: [{ type: 'key.rotation_requested', ...causeMembers(cause) }],
  };
}

/**
 * Revokes a key: it stops verifying, and its private half is deleted.
 * If it was active, the next key signs at once, even if it was just published; without one, the key of `newKey` does.
 * Undefined when the key is unknown or already ended.
 */
export function revokeKey(
  document: KeyringDocument,
  kid: string,
  nowMs: number,
  options: KeyChangeCause & { readonly newKey: () => KeyRecord },
): KeyringPlan | undefined {
  const revoked = document.keys.find((key) => key.kid === kid);
  if (!revoked || revoked.state === 'revoked' || revoked.state === 'retired') return undefined;
  const events = [keyEvent('key.revoked', revoked, options)];
  const others = document.keys.filter((key) => key !== revoked);
  let keys = [...others, endKey(revoked, 'revoked', nowMs)];
  if (revoked.state === 'active') {
    const published = keyIn(document, 'next');
    const successor = published ?? options.newKey();
    if (!published) events.push(keyEvent('key.published', successor, options));
    events.push(keyEvent('key.activated', successor, options));
    keys = [...keys.filter((key) => key !== published), activate(successor, nowMs)];
  }
  return { next: withKeys(document, keys), events };
}

export function keyIn(document: KeyringDocument, state: KeyState): KeyRecord | undefined {
  return document.keys.find((key) => key.state === state);
}

export function activate(key: KeyRecord, nowMs: number): KeyRecord {
  return { ...key, state: 'active', activated_at_ms: nowMs };
}

/** Returns the key ended, without its private half. */
export function endKey(key: KeyRecord, state: 'revoked' | 'retired', nowMs: number): KeyRecord {
  const ended: { -readonly [Member in keyof KeyRecord]: KeyRecord[Member] } = { ...key, state };
  delete ended.sealed_private_key;
  if (state === 'revoked') ended.revoked_at_ms = nowMs;
  return ended;
}

/**
 * Returns the next generation with these keys.
 * Keeps only the last ended keys, which are in the order of their end.
 */
export function withKeys(document: KeyringDocument, keys: readonly KeyRecord[]): KeyringDocument {
  const ended = keys.filter((key) => key.sealed_private_key === undefined);
  const forgotten = new Set(ended.slice(0, Math.max(0, ended.length - ENDED_KEPT)));
  return {
    ...document,
    generation: document.generation + 1,
    keys: keys.filter((key) => !forgotten.has(key)),
  };
}

export function keyEvent(
  type: AuditEventType,
  key: KeyRecord,
  cause: KeyChangeCause = SERVICE_ITSELF,
): AuditEvent {
  return { type, kid: key.kid, ...causeMembers(cause, { alg: key.alg }) };
}

function causeMembers(
  cause: KeyChangeCause,
  detail: Readonly<Record<string, unknown>> = {},
): Pick<AuditEvent, 'principal' | 'request_id' | 'detail'> {
  return {
    principal: cause.principal,
    ...(cause.requestId === undefined ? {} : { request_id: cause.requestId }),
    detail: cause.reason === undefined ? detail : { ...detail, reason: cause.reason },
  };
}

import { unavailable } from '../domain/errors.js';
import type { KeyRecord, KeyringDocument, SigningAlg } from '../domain/token.js';
import { activate, endKey, keyEvent, keyIn, withKeys, type KeyringPlan } from './key-changes.js';

export interface RotationSchedule {
  /** Maximum cache time of the key set: a key is known to be published this long before it signs. */
  readonly jwksCacheSeconds: number;
  /** The longest time for which a token counts as live: a key verifies for as long after it last signed. */
  readonly longestTokenMs: number;
  readonly rotateEverySeconds: number;
  /** A difference to the active key's algorithm requests a rotation. */
  readonly alg: SigningAlg;
}

/** The steps of a rotation. Each leaves a valid keyring, so a rotation may stop after any of them. */
export type RotationStep = 'publish' | 'confirm' | 'promote' | 'retire';

/**
 * Returns the step that is due; undefined when none is.
 * Throws a 503 on a keyring without an active key.
 */
export function nextRotationStep(
  document: KeyringDocument,
  nowMs: number,
  schedule: RotationSchedule,
): RotationStep | undefined {
  const active = keyIn(document, 'active');
  if (!active) throw unavailable('keyring: no active key');
  if (document.keys.some((key) => isPast(key, nowMs))) return 'retire';
  const next = keyIn(document, 'next');
  if (next) {
    // A write may take long: the key set lacked the key until it was read back.
    const { confirmed_at_ms: confirmedAtMs } = next;
    if (confirmedAtMs === undefined) return 'confirm';
    return nowMs - confirmedAtMs >= schedule.jwksCacheSeconds * 1000 ? 'promote' : undefined;
  }
  const ageMs = nowMs - (active.activated_at_ms ?? active.published_at_ms);
  const wanted =
    document.rotation_requested_at_ms !== undefined ||
    ageMs >= schedule.rotateEverySeconds * 1000 ||
    active.alg !== schedule.alg;
  return wanted ? 'publish' : undefined;
}

/**
 * Returns the keyring after the step that is due.
 * Publish: a key from `newKey` becomes `next`. Confirm: the time is noted at which `document`, read before `nowMs`,
 * showed the next key. Promote: the next key becomes active and the active one `previous`.
 * Retire: keys end when their last token has expired. Pure except for `newKey`. Undefined when no step is due.
 */
export function planRotation(
  document: KeyringDocument,
  nowMs: number,
  options: RotationSchedule & { readonly newKey: () => KeyRecord },
): KeyringPlan | undefined {
  switch (nextRotationStep(document, nowMs, options)) {
    case 'publish':
      return publish(document, { ...options.newKey(), published_at_ms: nowMs });
    case 'confirm':
      return confirm(document, nowMs);
    case 'promote':
      return promote(document, nowMs, options);
    case 'retire':
      return retire(document, nowMs);
    case undefined:
      return undefined;
  }
}

function publish(document: KeyringDocument, key: KeyRecord): KeyringPlan {
  const answered = { generation: document.generation, keys: document.keys }; // drops the request for a rotation
  return {
    next: withKeys(answered, [...document.keys, key]),
    events: [keyEvent('key.published', key)],
  };
}

function confirm(document: KeyringDocument, nowMs: number): KeyringPlan {
  const keys = document.keys.map((key): KeyRecord => {
    return key.state === 'next' ? { ...key, confirmed_at_ms: nowMs } : key;
  });
  return { next: withKeys(document, keys), events: [] };
}

function promote(
  document: KeyringDocument,
  nowMs: number,
  schedule: RotationSchedule,
): KeyringPlan | undefined {
  const next = keyIn(document, 'next');
  if (!next) return undefined;
  const retiresAtMs = nowMs + schedule.longestTokenMs;
  const keys = document.keys.map((key): KeyRecord => {
    if (key === next) return activate(key, nowMs);
    if (key.state !== 'active') return key;
    return { ...key, state: 'previous', retires_at_ms: retiresAtMs };
  });
  return { next: withKeys(document, keys), events: [keyEvent('key.activated', next)] };
}

function retire(document: KeyringDocument, nowMs: number): KeyringPlan {
  const past = document.keys.filter((key) => isPast(key, nowMs));
  const others = document.keys.filter((key) => !isPast(key, nowMs));
  const keys = [...others, ...past.map((key) => endKey(key, 'retired', nowMs))];
  return {
    next: withKeys(document, keys),
    events: past.map((key) => keyEvent('key.retired', key)),
  };
}

function isPast(key: KeyRecord, nowMs: number): boolean {
  return key.state === 'previous' && nowMs >= (key.retires_at_ms ?? 0);
}

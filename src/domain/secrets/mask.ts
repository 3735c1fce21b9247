import {
  PRIVATE_JWK_MEMBERS,
  REDACTED,
  REFUSED_SHAPES,
  SECRET_NAMES,
  TEXT_SHAPES,
} from './list.js';
import { NAMED_VALUE, NAMED_VALUE_NOT_SCOPE } from './named-value.js';
import { holdsSecret, maskSecrets } from './scan.js';

const RECORD_TEXT = [...TEXT_SHAPES, NAMED_VALUE_NOT_SCOPE];
const LOG_TEXT = [...TEXT_SHAPES, NAMED_VALUE];

/** Returns true for a text with an apparent whole credential, in linear time. */
export function holdsCredential(text: string): boolean {
  return holdsSecret(text, REFUSED_SHAPES);
}

/** Masks every secret in a text of the audit record or of an error, in linear time. */
export function maskText(text: string): string {
  return maskSecrets(text, RECORD_TEXT, REDACTED);
}

/** Masks as `maskText`, plus `name:value`, which may be a scope in the audit record. */
export function maskLogText(text: string): string {
  return maskSecrets(text, LOG_TEXT, REDACTED);
}

/**
 * Returns true when a member of `owner` is a secret by its name.
 * `clientSecret`, `client-secret` and `client_secret` are equal.
 */
export function isSecretMember(owner: object, name: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false;
  const plain = name.replaceAll(/[_-]/g, '').toLowerCase();
  // A number may be a password, but not a key.
  if (SECRET_NAMES.has(plain)) return plain !== 'd' || typeof value !== 'number';
  if (!PRIVATE_JWK_MEMBERS.has(name)) return false;
  return Object.hasOwn(owner, 'kty') && typeof (owner as { kty?: unknown }).kty === 'string';
}

/** Returns true for a secret with the prefix of resource servers. Proves nothing. */
export function isResourceServerSecret(secret: string): boolean {
  return secret.startsWith('csr_');
}

import type { PolicyInput } from '../../../domain/policy.js';
import { REDACTED } from '../../../domain/secrets/list.js';

/** Two dissimilar texts that replace a removed credential; one looks like a credential. */
const STAND_INS = ['stand-in', 'Bearer standinofacredential0123456789ABCDEFGHIJ.klmnop'];

/**
 * Returns true when a credential may have been removed from a recorded input.
 * An agent can write this text, so callers compare the digest of the decided input first.
 */
export function holdsRedaction(input: PolicyInput): boolean {
  return JSON.stringify(input).includes(REDACTED);
}

/** Returns one input for each stand-in, in the place of every removed credential. */
export function withSecrets(input: PolicyInput): readonly PolicyInput[] {
  const text = JSON.stringify(input);
  return STAND_INS.map((standIn) => JSON.parse(text.replaceAll(REDACTED, standIn)) as PolicyInput);
}

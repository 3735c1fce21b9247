import type { PolicyInput } from '../../../domain/policy.js';
import { REDACTED } from '../../../domain/secrets/list.js';

/**
 * Returns true when a credential may have been removed from a recorded input.
 * An agent can write this text, so callers compare the digest of the decided input first.
 */
export function holdsRedaction(input: PolicyInput): boolean {
  return JSON.stringify(input).includes(REDACTED);
}

import { CountersignError } from '../../domain/errors.js';
import type { BundleRecord, PolicyDocument } from '../../domain/policy-lifecycle.js';

/**
 * Refuses a bundle that is no newer than the highest sequence ever active, from any source.
 * An old bundle stays signed, and a compromised source could bring it back. Bundles without a sequence are unordered,
 * until one with a sequence was active. Throws `bundle_refused`.
 */
export function requireFresh(
  { digest, sequence }: BundleRecord,
  { active, highest_sequence: highest }: PolicyDocument,
): void {
  const unordered = sequence === 0 && highest === 0;
  if (digest === active.digest || unordered || sequence > highest) return;
  const message = `downgrade: sequence ${String(sequence)} is not above ${String(highest)}, which was active; use a rollback to go back`;
  throw new CountersignError('bundle_refused', 'The bundle is no newer than one that was active.', {
    problems: [{ pointer: '/sequence', message }],
  });
}

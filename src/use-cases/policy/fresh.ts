import { CountersignError } from '../../domain/errors.js';
import type { BundleRecord, PolicyDocument } from '../../domain/policy-lifecycle.js';

/**
 * Refuses a bundle that is no newer than what was ever active, whoever ships it: an old bundle stays signed, and a
 * source that was taken over could bring it back. Bundles without a sequence are in no order, until one with a
 * sequence was active. Throws `bundle_refused`.
 */
export function requireFresh(
  { digest, sequence }: BundleRecord,
  { active, highest_sequence: highest }: PolicyDocument,
): void {
  const unordered = sequence === 0 && highest === 0;
  if (digest === active.digest || unordered || sequence > highest) return;
  const message = `downgrade: sequence ${String(sequence)} is not above ${String(highest)}, which was active; going back is a rollback`;
  throw new CountersignError('bundle_refused', 'The bundle is no newer than one that was active.', {
    problems: [{ pointer: '/sequence', message }],
  });
}

import { CountersignError } from '../../domain/errors.js';
import type { BundleRecord, PolicyStore } from '../../domain/policy-lifecycle.js';

const HEX_PREFIX = /^[0-9a-f]{12,64}$/;
/** Maximum number of candidates named for an ambiguous reference. */
const MAX_NAMED = 8;

/**
 * Returns the bundle of a reference: a digest (with or without `sha256:`), a prefix or a revision.
 * A prefix has at least 12 hex characters. Throws `not_found`, and `conflict` when it is ambiguous.
 */
export async function resolveBundle(
  store: Pick<PolicyStore, 'records'>,
  ref: string,
): Promise<BundleRecord> {
  const records = await store.records();
  const exact = records.find(({ digest }) => digest === ref || digest === `sha256:${ref}`);
  if (exact !== undefined) return exact;
  const hex = ref.replace(/^sha256:/, '');
  const meant = records.filter(
    ({ digest, revision }) =>
      revision === ref || (HEX_PREFIX.test(hex) && digest.startsWith(`sha256:${hex}`)),
  );
  const [only, ...others] = meant;
  if (only === undefined) {
    throw new CountersignError('not_found', 'The store has no bundle of this digest or revision.');
  }
  if (others.length === 0) return only;
  throw new CountersignError('conflict', 'Several bundles match this name: give the digest.', {
    problems: meant.slice(0, MAX_NAMED).map(({ digest, revision }) => ({
      pointer: '',
      message: `${digest} (revision ${revision})`,
    })),
  });
}

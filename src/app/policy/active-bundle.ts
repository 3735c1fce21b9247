import type { PolicyConfig } from '../../config/policy.js';
import { unavailable } from '../../domain/errors.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import type { Bundle } from '../../policy/bundle/read.js';
import { createBundleOpener } from './bundles.js';
import type { ActiveBundle } from './log-rules.js';

/** Maximum age of a cached policy document, in milliseconds. */
const FRESH_MS = 1000;

/**
 * Returns the active bundle, for a process that makes no decisions.
 * Undefined while none is active. Rejects when the store is unavailable or its bytes do not match the document.
 */
export function activeBundleOf(
  store: Pick<PolicyStore, 'document' | 'archive'>,
  policy: PolicyConfig,
  monotonicMs: () => number = () => performance.now(),
): ActiveBundle {
  const { open } = createBundleOpener(policy);
  let last: { readonly digest: string; readonly bundle: Bundle } | undefined;
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (last !== undefined && monotonicMs() - lookedAtMs < FRESH_MS) return last.bundle;
    const document = await store.document();
    if (document === undefined) return undefined;
    const { digest } = document.active;
    if (last?.digest !== digest) {
      const archive = await store.archive(digest);
      if (archive === undefined) throw unavailable('the active bundle is not in the store');
      const bundle = await open(archive);
      if (bundle.digest !== digest)
        throw unavailable('the stored bytes do not match the active bundle');
      last = { digest, bundle };
    }
    lookedAtMs = monotonicMs();
    return last.bundle;
  };
}

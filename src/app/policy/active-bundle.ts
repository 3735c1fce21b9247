import type { PolicyConfig } from '../../config/policy.js';
import { unavailable } from '../../domain/errors.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import type { Bundle } from '../../policy/bundle/read.js';
import { createBundleOpener } from './bundles.js';
import type { ActiveBundle } from './log-rules.js';

/** How long a document that was read is taken for what is there. */
const FRESH_MS = 1000;

/**
 * The bundle that decides, for a process that decides nothing itself. Undefined while none does; rejects while nobody
 * can tell, or the store has other bytes than the document names.
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
      if (archive === undefined) throw unavailable('the store does not have the active bundle');
      const bundle = await open(archive);
      if (bundle.digest !== digest) throw unavailable('the store has other bytes for it');
      last = { digest, bundle };
    }
    lookedAtMs = monotonicMs();
    return last.bundle;
  };
}

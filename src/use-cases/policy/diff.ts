import type { BundleDifference } from '../../domain/policy-analysis.js';
import type { PolicyStore } from '../../domain/policy-lifecycle.js';
import { archiveOf } from './replay.js';
import { resolveBundle } from './resolve.js';

export interface DiffDeps {
  readonly store: PolicyStore;
  /** Throws CountersignError `conflict` when a bundle is refused or takes too long. */
  readonly run: (from: Uint8Array, to: Uint8Array) => Promise<BundleDifference>;
}

/** Returns the differences of two stored bundles in Rego, in data and in permissions. */
export async function diffStored(
  { store, run }: DiffDeps,
  from: string,
  to: string,
): Promise<BundleDifference> {
  const before = await resolveBundle(store, from);
  const after = await resolveBundle(store, to);
  return run(await archiveOf(store, before.digest), await archiveOf(store, after.digest));
}

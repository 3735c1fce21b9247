import type { BundleRecord, PolicyStore } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import type { DescribeBundle } from './ports.js';

export interface PushDeps {
  readonly store: PolicyStore;
  readonly describe: DescribeBundle;
}

/**
 * Stores a bundle by its digest, without running it.
 * Idempotent. Throws `bundle_refused` when it is no bundle, or its signature is invalid.
 */
export async function push(
  { store, describe }: PushDeps,
  archive: Uint8Array,
  source: string,
  { requestId, principal }: AdminContext,
): Promise<BundleRecord> {
  const description = await describe(archive);
  const known = await store.record(description.digest);
  if (known !== undefined) return known;
  const { nowMs } = await store.nodes();
  const record = { ...description, pushed_at_ms: nowMs, pushed_by: principal, source };
  await store.put(record, archive, [
    {
      type: 'policy.pushed',
      request_id: requestId,
      principal,
      policy_revision: record.revision,
      detail: {
        ...{ digest: record.digest, sequence: record.sequence, source },
        ...(record.signed_by === undefined ? {} : { signed_by: record.signed_by }),
      },
    },
  ]);
  return record;
}

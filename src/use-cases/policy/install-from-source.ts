import { CountersignError } from '../../domain/errors.js';
import type {
  AdmissionReport,
  BundleRecord,
  PolicyDocument,
} from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import { activate, fuelOf, type ActivateDeps } from './activate.js';
import { admissionEvent, problemsOf, requireAdmitted, testedOf } from './admit.js';
import type { DescribeBundle } from './ports.js';

export interface OfferDeps extends ActivateDeps {
  readonly describe: DescribeBundle;
  /** Returns the highest policy generation any shard ever showed this process. */
  readonly generationSeen: () => number;
  /** Accepts bundles of a source that no input tested. */
  readonly allowUntestedSources: boolean;
}

/** A bundle of a source: its bytes and their origin. */
export interface Offered {
  readonly archive: Uint8Array;
  readonly source: string;
  /**
   * `start`: present at the start of this process.
   * Another process may have moved on from it, so a bundle known to the store is left to the store. `changed` and
   * `asked`: the source or an operator wants it active.
   */
  readonly occasion: 'start' | 'changed' | 'asked';
}

/**
 * Installs the bundle of a source: admits it before it is stored, then activates it like any other.
 * The first one of an empty store is active at once. Throws `bundle_refused`; the active bundle stays.
 */
export async function installFromSource(
  deps: OfferDeps,
  { archive, source, occasion }: Offered,
  context: AdminContext,
): Promise<void> {
  const { store, describe, allowUntestedSources: allowUntested } = deps;
  const description = await describe(archive);
  const document = await store.document();
  const known = await store.record(description.digest);
  if (document?.active.digest === description.digest && known !== undefined) {
    // The store may have lost its archive, which starting nodes need.
    await store.put(known, archive, []);
    return;
  }
  if (document !== undefined && known !== undefined && occasion === 'start') return;
  const record = known ?? (await admitAndPut(deps, { description, archive, source }, context));
  if (document === undefined) {
    // Known from a push, it may never have been admitted.
    const admitted = await requireAdmitted(deps, record, { allowUntested, decides: true }, context);
    if (await becomeFirst(deps, admitted, context)) return;
  }
  if (document?.active.digest === description.digest) return;
  await activate(deps, record, { allowNewGrants: undefined, allowUntested }, context);
}

async function admitAndPut(
  { store, admission, samples, allowUntestedSources: allowUntested }: OfferDeps,
  offered: {
    readonly description: Awaited<ReturnType<DescribeBundle>>;
    readonly archive: Uint8Array;
    readonly source: string;
  },
  context: AdminContext,
): Promise<BundleRecord> {
  const { description, archive, source } = offered;
  const document = await store.document();
  const highestSequence = document?.highest_sequence ?? 0;
  const first = document === undefined;
  const order = { highestSequence, allowUntested, samples: await samples(), first };
  const report = await admission.admit(archive, order);
  const { nowMs } = await store.nodes();
  const { principal } = context;
  const record = { ...description, pushed_at_ms: nowMs, pushed_by: principal, source };
  if (!report.ok) {
    throw new CountersignError('bundle_refused', 'The bundle was refused at admission.', {
      problems: problemsOf(report),
    });
  }
  await store.put(record, archive, []);
  await store.report(record.digest, { report }, [admissionEvent(record, report, context)]);
  return { ...record, report };
}

/** Writes the first document of a store. Returns false when another process wrote one. */
async function becomeFirst(
  { store, generationSeen }: OfferDeps,
  record: BundleRecord & { readonly report: AdmissionReport },
  { requestId, principal }: AdminContext,
): Promise<boolean> {
  const { digest, revision, sequence, source } = record;
  const { nowMs } = await store.nodes();
  const first: PolicyDocument = {
    version: 1,
    generation: generationSeen() + 1,
    active: { digest, revision, since_ms: nowMs, by: principal },
    history: [],
    highest_sequence: sequence,
  };
  return store.replace(0, first, [
    {
      type: 'policy.activated',
      request_id: requestId,
      principal,
      policy_revision: revision,
      detail: { digest, sequence, source, ...fuelOf(record), ...testedOf(record.report) },
    },
  ]);
}

import type { BundleRecord, NodeReport, PolicyDocument } from '../../domain/policy-lifecycle.js';
import type { AdminContext } from '../admin/context.js';
import type { Activation } from './activate.js';
import type { AdmissionWish } from './admit.js';
import type { TrialOrder } from './trial.js';

/** The last result of a source. Wire names. */
export interface SourceStatus {
  readonly source: string;
  /** Why its newest bundle was refused; absent when it was accepted. */
  readonly last_refusal?: { readonly at_ms: number; readonly detail: string };
}

/** The policy document with the state of the nodes. Wire names. */
export interface PolicyOverview extends PolicyDocument {
  readonly entrypoint: string;
  readonly bundle: Pick<
    BundleRecord,
    'digest' | 'revision' | 'sequence' | 'opa_version' | 'source' | 'report' | 'replay'
  >;
  readonly nodes: readonly NodeReport[];
  readonly source: SourceStatus;
}

/**
 * The operations of authors and operators on bundles.
 * `ref` is a digest, a prefix of one, or a revision.
 */
export interface PolicyOperations {
  /** Throws `not_found` when no bundle is active. */
  overview(): Promise<PolicyOverview>;
  /**
   * Installs the source's current bundle.
   * Throws `bundle_refused` with the problems; the active one stays.
   */
  reload(context: AdminContext): Promise<PolicyOverview>;
  push(archive: Uint8Array, context: AdminContext): Promise<BundleRecord>;
  list(): Promise<readonly BundleRecord[]>;
  show(ref: string): Promise<BundleRecord>;
  admit(ref: string, wish: AdmissionWish, context: AdminContext): Promise<BundleRecord>;
  activate(ref: string, how: Activation, context: AdminContext): Promise<PolicyOverview>;
  rollback(
    how: { readonly to?: string; readonly reason: string },
    context: AdminContext,
  ): Promise<PolicyOverview>;
  startTrial(ref: string, order: TrialOrder, context: AdminContext): Promise<PolicyOverview>;
  endTrial(
    role: TrialOrder['role'],
    reason: string | undefined,
    context: AdminContext,
  ): Promise<PolicyOverview>;
}

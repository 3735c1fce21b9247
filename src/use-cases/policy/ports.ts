import type { AdminContext } from '../admin/context.js';
import type {
  AdmissionReport,
  BundleRecord,
  ReplaySummary,
} from '../../domain/policy-lifecycle.js';

/** What a bundle says of itself: the part of its record that is in its bytes. */
export type BundleDescription = Omit<
  BundleRecord,
  'pushed_at_ms' | 'pushed_by' | 'source' | 'report' | 'replay'
>;

/** Reads a bundle without running any of it. Throws CountersignError `bundle_refused` with every problem. */
export type DescribeBundle = (archive: Uint8Array) => Promise<BundleDescription>;

/** Tries a bundle in a thread of its own, beside what serves. Never throws for a bad bundle: the report says so. */
export interface BundleAdmission {
  admit(archive: Uint8Array, highestSequence: number): Promise<AdmissionReport>;
}

/** Puts recorded decisions through a bundle. */
export interface ReplayGate {
  /** Of the last decisions on the record, as many as an activation may wait for; kept with the bundle, and told. */
  replay(record: BundleRecord, context: AdminContext): Promise<ReplaySummary>;
}

/** The node that this process is. */
export interface ThisNode {
  /** Looks at the policy document now instead of at the next turn, and tells what it is ready for. */
  wake(): Promise<void>;
}

/** Waits so many milliseconds. */
export type Pause = (ms: number) => Promise<void>;

import type { AdminContext } from '../admin/context.js';
import type {
  AdmissionReport,
  BundleRecord,
  ReplaySummary,
} from '../../domain/policy-lifecycle.js';

/** The content of a bundle's manifest: the part of its record that is in its bytes. */
export type BundleDescription = Omit<
  BundleRecord,
  'pushed_at_ms' | 'pushed_by' | 'source' | 'report' | 'replay'
>;

/** Reads a bundle without running it. Throws CountersignError `bundle_refused` with every problem. */
export type DescribeBundle = (archive: Uint8Array) => Promise<BundleDescription>;

/**
 * Tests a bundle in a separate thread, apart from the serving ones.
 * Never throws for a bad bundle: the report says so.
 */
export interface BundleAdmission {
  admit(archive: Uint8Array, highestSequence: number): Promise<AdmissionReport>;
}

/** Replays recorded decisions with a bundle. */
export interface ReplayGate {
  /**
   * Replays the latest decisions, as many as an activation may wait for; stores the result with the
   * bundle and an event.
   */
  replay(record: BundleRecord, context: AdminContext): Promise<ReplaySummary>;
}

/** The node of this process. */
export interface ThisNode {
  /** Reads the policy document at once, before the next interval, and reports the node's readiness. */
  wake(): Promise<void>;
}

/** Waits for a time in milliseconds. */
export type Pause = (ms: number) => Promise<void>;

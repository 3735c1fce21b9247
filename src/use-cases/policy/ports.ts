import type { AdminContext } from '../admin/context.js';
import type { PolicyInput } from '../../domain/policy.js';
import type {
  AdmissionReport,
  BundleRecord,
  ReplaySummary,
} from '../../domain/policy-lifecycle.js';
import type { ReplaySample } from '../../domain/replay-sample.js';

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
  admit(archive: Uint8Array, attempt: AdmissionOrder): Promise<AdmissionReport>;
}

/** How a bundle is tested. */
export interface AdmissionOrder {
  /** Highest sequence that was ever active; 0 lets a former bundle pass. */
  readonly highestSequence: number;
  /** Admits a bundle that no input tested, with words that say so. */
  readonly allowUntested: boolean;
  readonly samples: AdmissionSamples;
  /** No bundle decides yet: nothing is answered until this one is tested, so the test may take longer. */
  readonly first: boolean;
}

/** Inputs that the service knows: of recorded decisions, and of registered agents and resources. */
export interface AdmissionSamples {
  readonly recorded: readonly PolicyInput[];
  readonly registry: readonly PolicyInput[];
}

/** Gathers inputs for admission, as many as it may wait for. Never rejects: an unreadable origin is empty. */
export type GatherSamples = () => Promise<AdmissionSamples>;

/** The summary of a sampled replay. */
export type SampledReplay = ReplaySummary & { readonly sample: ReplaySample };

/** Replays recorded decisions with a bundle. */
export interface ReplayGate {
  /**
   * Replays a sample of the recent decisions, as large as a caller may wait for; stores the result with
   * the bundle and an event. `minCoverage`: smallest share of strata that gives the verdict `replayed`.
   */
  replay(record: BundleRecord, minCoverage: number, context: AdminContext): Promise<SampledReplay>;
}

/** Returns random text in hex that agents cannot guess. */
export type DrawSalt = () => string;

/** The node of this process. */
export interface ThisNode {
  /** Reads the policy document at once, before the next interval, and reports the node's readiness. */
  wake(): Promise<void>;
}

/** Waits for a time in milliseconds. */
export type Pause = (ms: number) => Promise<void>;

import type { AuditEvent } from './audit.js';
import type { Effect, PolicyInput, Removal } from './policy.js';
import type { ReplaySample } from './replay-sample.js';
import type { Principal } from './revocation.js';

/** A step of admission with its outcome. Wire names. */
export interface AdmissionStep {
  /** `bundle`, `module`, `warm`, `cases`, `properties`, `budget`. */
  readonly name: string;
  readonly ok: boolean;
  /** One human-readable line: the subject of the step. */
  readonly detail: string;
  /** All problems; absent when the step is ok. */
  readonly problems?: readonly string[];
  /** Warnings, which do not refuse the bundle; absent when there are none. */
  readonly warnings?: readonly string[];
  readonly took_ms: number;
}

/** A known-answer test of a bundle instance: an input and its expected effect. Wire names. */
export interface KnownInput {
  readonly input: PolicyInput;
  readonly effect: Effect;
}

/** The result of admission of a bundle, run while the active bundle serves. Wire names. */
export interface AdmissionReport {
  /** `sha256:` and hex over the bundle's members; absent for an unreadable bundle. */
  readonly digest?: string;
  readonly revision?: string;
  readonly ok: boolean;
  readonly at_ms: number;
  readonly took_ms: number;
  readonly steps: readonly AdmissionStep[];
  /** Known-answer test that serving nodes repeat; absent in reports of earlier builds. */
  readonly known_input?: KnownInput;
  /** Fuel of the inputs of admission; absent in reports of earlier builds. */
  readonly fuel?: FuelUse;
  /**
   * True when an input was granted and every property that refuses was exercised.
   * A bundle that is `ok` and not tested was accepted so by an operator or by a setting. Absent in reports of earlier
   * builds.
   */
  readonly tested?: boolean;
  /** Inputs of the properties; absent when the step never ended. */
  readonly inputs?: TestedInputs;
}

/** Origin and effect of the inputs that a bundle was tested with. Wire names. */
export interface TestedInputs {
  /** Valid inputs of the bundle's cases. */
  readonly cases: number;
  /** Recorded decisions. */
  readonly recorded: number;
  /** Requests of registered agents for registered resources. */
  readonly registry: number;
  /** Words of the bundle's data, Rego and module. */
  readonly constants: number;
  readonly generated: number;
  /** Inputs with a grant, of all of these. */
  readonly granted: number;
  /** Properties that no input exercised. */
  readonly untested: readonly string[];
}

/** Fuel that a policy uses. Wire names. */
export interface FuelUse {
  /** Version of the meter that adds fuel to modules; units of two versions differ. */
  readonly meter: number;
  /** Units of one evaluation. */
  readonly budget: number;
  /** Highest use of an ordinary input, on a fresh instance. */
  readonly highest: number;
}

/** A stored bundle, by digest. Wire names. */
export interface BundleRecord {
  readonly digest: string;
  readonly revision: string;
  /** `metadata["countersign.sequence"]` of the manifest, the measure of freshness; 0 when absent. */
  readonly sequence: number;
  readonly opa_version: string;
  readonly entrypoints: readonly string[];
  /** Size of the archive, in bytes. */
  readonly size_bytes: number;
  /** Id of the key that verified the signature; absent without verification. */
  readonly signed_by?: string;
  readonly pushed_at_ms: number;
  readonly pushed_by: Principal;
  /** Origin: `push`, a path or a URL. */
  readonly source: string;
  /** Report of the last admission or refusal; absent until then. */
  readonly report?: AdmissionReport;
  /** Last replay of recorded decisions through this bundle; absent until then. */
  readonly replay?: ReplaySummary;
}

/** Counts per kind of change, from a replay of recorded decisions through a candidate. Wire names. */
export interface ReplaySummary {
  readonly at_ms: number;
  /** Digest of the bundle compared with; the recorded decisions may come from several. */
  readonly against?: string;
  readonly since_ms: number;
  readonly replayed: number;
  readonly unchanged: number;
  readonly not_replayable: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
  /** Coverage of the period; absent for a replay of the newest decisions. */
  readonly sample?: ReplaySample;
  /** Fuel of the replayed inputs on fresh instances; absent in summaries of earlier builds. */
  readonly fuel?: FuelUse;
}

export const CHANGE_KINDS = [
  'deny_to_allow',
  'allow_to_deny',
  'wider',
  'narrower',
  'longer_ttl',
  'shorter_ttl',
  'review_changed',
  'error',
] as const;
/**
 * The kind of difference between two outcomes for one input.
 * `wider` and `deny_to_allow` grant more than before.
 */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** The comparable part of a decision. */
export interface Outcome {
  readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
}

/** The assignment of a bundle to a role, with its start time. Wire names. */
export interface Assignment {
  readonly digest: string;
  readonly revision: string;
  readonly since_ms: number;
  readonly by: Principal;
  readonly reason?: string;
  /** Set in the history when a rollback ended this assignment: no rollback without an order goes back to it. */
  readonly left_by_rollback?: true;
}

export interface CanaryAssignment extends Assignment {
  /** Share of agents in percent, 1 to 99. */
  readonly percent: number;
  /**
   * Random text in hex, drawn at the start: with it, an agent's membership can be computed, so no answer has it.
   * Absent in documents of earlier builds, which select by the digest.
   */
  readonly salt?: string;
}

/** A bundle that every live node prepares; it is activated when all are ready. Wire names. */
export interface Candidate extends Assignment {
  /** Time after which the candidate is dropped, in milliseconds of the store's clock. */
  readonly deadline_ms: number;
}

/** The policy pointer: one document in the control slot, replaced by compare-and-set. Wire names. */
export interface PolicyDocument {
  /** Incremented by each replacement; the basis of the compare-and-set. */
  readonly version: number;
  /**
   * Incremented by each replacement that changes the deciding bundle; raised in every shard before the acknowledgement.
   */
  readonly generation: number;
  readonly active: Assignment;
  /** Former active bundles, newest first, at most 20. */
  readonly history: readonly Assignment[];
  readonly canary?: CanaryAssignment;
  readonly shadow?: Assignment;
  readonly candidate?: Candidate;
  /** Highest sequence ever active; a lower one is refused, except by a rollback. */
  readonly highest_sequence: number;
}

/** The heartbeat of a node, sent once a second. Wire names. */
export interface NodeReport {
  readonly node: string;
  /** Set by the store. */
  readonly seen_ms: number;
  /** Digests of bundles that are ready to decide. */
  readonly ready: readonly string[];
  /** Reasons why a bundle cannot be prepared on this node, by digest. */
  readonly refused: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly trials: readonly TrialCounts[];
  /** Absent when no evaluation used up its fuel in the last minute. */
  readonly exhaustion?: Exhaustion;
  /** Answers by bundle and role; absent in reports of earlier builds. */
  readonly decided?: readonly BundleDecisions[];
}

/** Evaluations of the active bundle on one node in the last minute. Wire names. */
export interface Exhaustion {
  readonly digest: string;
  readonly evaluations: number;
  /** Evaluations that used up their fuel; repeats that were refused without one are not counted. */
  readonly ran_out: number;
  /** Agents with such an evaluation, at most 16. */
  readonly agents: readonly string[];
}

/** Answers of one bundle in one role since the start of a node. Wire names. */
export interface BundleDecisions {
  readonly digest: string;
  readonly role: 'active' | 'canary';
  readonly decisions: number;
  /** Evaluations without an answer; for those of a canary, the active bundle answered. */
  readonly errors: number;
}

/** Counts of a shadow or canary and of the active bundle on equal inputs, per node. Wire names. */
export interface TrialCounts {
  readonly role: 'shadow' | 'canary';
  readonly digest: string;
  /** Start of the trial. */
  readonly since_ms: number;
  readonly decisions: number;
  readonly errors: number;
  readonly denials: number;
  readonly active_errors: number;
  readonly active_denials: number;
  /** Decisions not compared because the comparison was behind. */
  readonly skipped: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
}

/** A store of bundles, the policy pointer and node heartbeats. Throws CountersignError 503. */
export interface PolicyStore {
  document(): Promise<PolicyDocument | undefined>;
  /**
   * Replaces the document with its events by compare-and-set on the version (0: none yet).
   *
   * Raises the generation in every shard when it changed. Returns false when the compare-and-set was lost.
   */
  replace(expected: number, next: PolicyDocument, events: readonly AuditEvent[]): Promise<boolean>;
  /** Stores a bundle. Idempotent by digest: an existing record is kept. */
  put(record: BundleRecord, archive: Uint8Array, events: readonly AuditEvent[]): Promise<void>;
  archive(digest: string): Promise<Uint8Array | undefined>;
  record(digest: string): Promise<BundleRecord | undefined>;
  /** Returns all records, newest first. */
  records(): Promise<readonly BundleRecord[]>;
  /** Stores the reports of a record; its other members are immutable. */
  report(
    digest: string,
    reports: Pick<BundleRecord, 'report' | 'replay'>,
    events: readonly AuditEvent[],
  ): Promise<void>;
  /** Sends this node's heartbeat; returns the live nodes, including this one, and the store's clock. */
  beat(
    report: Omit<NodeReport, 'seen_ms'>,
  ): Promise<{ readonly nowMs: number; readonly nodes: readonly NodeReport[] }>;
  /** Returns the nodes with a recent heartbeat, and the store's clock. */
  nodes(): Promise<{ readonly nowMs: number; readonly nodes: readonly NodeReport[] }>;
  /** Removes a node that stops, so that no other node waits for it. */
  leave(node: string): Promise<void>;
}

/** A recorded decision with its input. */
export interface RecordedDecision {
  readonly decision_id: string;
  readonly time_ms: number;
  readonly agent_id: string;
  readonly resource: string;
  readonly revision: string;
  readonly input_digest: string;
  readonly outcome: Outcome;
  readonly rules: readonly string[];
  readonly removed: readonly Removal[];
  /** Number of refusals that this record counts; absent: one decision. */
  readonly count?: number;
  /** JSON pointers of the input's values that are stored as keyed digests. */
  readonly input_masked?: readonly string[];
  /** Absent with `why_not`. */
  readonly input?: PolicyInput;
  /** Introspected use of the granted token; absent when unused. */
  readonly use?: { readonly count: number; readonly last_at_ms: number };
  /** Reason why it cannot be replayed: `not_recorded`, `input_too_large`, `decided_before_policy`, … */
  readonly why_not?: string;
}

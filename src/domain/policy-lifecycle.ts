import type { AuditEvent } from './audit.js';
import type { Effect, PolicyInput, Removal } from './policy.js';
import type { Principal } from './revocation.js';

/** One step of admission and how it ended. Wire names. */
export interface AdmissionStep {
  /** `bundle`, `module`, `warm`, `cases`, `properties`, `budget`. */
  readonly name: string;
  readonly ok: boolean;
  /** One line for a person: what was looked at. */
  readonly detail: string;
  /** Everything that is wrong; absent when the step is ok. */
  readonly problems?: readonly string[];
  /** What somebody should look at and what does not refuse the bundle; absent when there is nothing. */
  readonly warnings?: readonly string[];
  readonly took_ms: number;
}

/** An input whose decision shows that an instance of a bundle is sound, and the effect it has. Wire names. */
export interface KnownInput {
  readonly input: PolicyInput;
  readonly effect: Effect;
}

/** The activation report: what was found when a bundle was tried, beside what serves. Wire names. */
export interface AdmissionReport {
  /** `sha256:` and hex over the bundle's members; absent when it could not even be read. */
  readonly digest?: string;
  readonly revision?: string;
  readonly ok: boolean;
  readonly at_ms: number;
  readonly took_ms: number;
  readonly steps: readonly AdmissionStep[];
  /** What every node that serves the bundle evaluates again and again; absent in reports of earlier builds. */
  readonly known_input?: KnownInput;
}

/** A bundle that the store holds, by digest. Wire names. */
export interface BundleRecord {
  readonly digest: string;
  readonly revision: string;
  /** `metadata["countersign.sequence"]` of the manifest; 0 when it has none. Freshness is judged by it. */
  readonly sequence: number;
  readonly opa_version: string;
  readonly entrypoints: readonly string[];
  /** Of the archive, in bytes. */
  readonly size_bytes: number;
  /** Id of the key whose signature held; absent when none was looked for. */
  readonly signed_by?: string;
  readonly pushed_at_ms: number;
  readonly pushed_by: Principal;
  /** Where it came from: `push`, a path or a URL. */
  readonly source: string;
  /** The last time it was admitted or refused; absent until then. */
  readonly report?: AdmissionReport;
  /** The last replay of recorded decisions through it; absent until then. */
  readonly replay?: ReplaySummary;
}

/** How often each kind of change was seen when recorded decisions went through a candidate. Wire names. */
export interface ReplaySummary {
  readonly at_ms: number;
  /** Digest of the bundle it was compared with: the recorded decisions may be of several. */
  readonly against?: string;
  readonly since_ms: number;
  readonly replayed: number;
  readonly unchanged: number;
  readonly not_replayable: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
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
/** How an outcome differs from another one for the same input. `wider` and `deny_to_allow` grant what was not granted. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What was decided, in the terms that matter when two decisions are compared. */
export interface Outcome {
  readonly effect: 'allow' | 'narrow' | 'review' | 'deny';
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
}

/** A bundle in a role, and since when. Wire names. */
export interface Assignment {
  readonly digest: string;
  readonly revision: string;
  readonly since_ms: number;
  readonly by: Principal;
  readonly reason?: string;
}

export interface CanaryAssignment extends Assignment {
  /** 1 to 99: the share of agents, by a hash of their id and the bundle's digest. */
  readonly percent: number;
}

/** A bundle every live node is asked to make ready; the pointer moves when all have. Wire names. */
export interface Candidate extends Assignment {
  /** After this the candidate is dropped. Milliseconds of the store's clock. */
  readonly deadline_ms: number;
}

/** Which bundle decides. One document in the control slot, replaced by compare-and-set on `version`. Wire names. */
export interface PolicyDocument {
  /** One more for each replacement. */
  readonly version: number;
  /** One more for each replacement that changes who decides: raised in every shard before it is acknowledged. */
  readonly generation: number;
  readonly active: Assignment;
  /** What was active before, newest first, at most 20. */
  readonly history: readonly Assignment[];
  readonly canary?: CanaryAssignment;
  readonly shadow?: Assignment;
  readonly candidate?: Candidate;
  /** Highest sequence that was ever active: a lower one is refused, except by a rollback. */
  readonly highest_sequence: number;
}

/** What one node says of itself, once a second. Wire names. */
export interface NodeReport {
  readonly node: string;
  /** Set by the store. */
  readonly seen_ms: number;
  /** Digests it could decide with this instant. */
  readonly ready: readonly string[];
  /** Why a digest cannot be made ready on this node, by digest. */
  readonly refused: Readonly<Record<string, string>>;
  readonly generation: number;
  readonly trials: readonly TrialCounts[];
}

/** What a shadow or a canary did on one node, beside what the active bundle did with the same inputs. Wire names. */
export interface TrialCounts {
  readonly role: 'shadow' | 'canary';
  readonly digest: string;
  /** When this trial began. */
  readonly since_ms: number;
  readonly decisions: number;
  readonly errors: number;
  readonly denials: number;
  readonly active_errors: number;
  readonly active_denials: number;
  /** Not compared, since comparing was behind. */
  readonly skipped: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
}

/** Bundles by digest, the document that says which one decides, and the nodes. Throws CountersignError 503. */
export interface PolicyStore {
  document(): Promise<PolicyDocument | undefined>;
  /**
   * Replaces the document when the stored version is still `expected` (0: none yet), with its events, and raises
   * the generation in every shard when it changed. False: lost the race.
   */
  replace(expected: number, next: PolicyDocument, events: readonly AuditEvent[]): Promise<boolean>;
  /** Idempotent by digest: what is there already keeps its record. */
  put(record: BundleRecord, archive: Uint8Array, events: readonly AuditEvent[]): Promise<void>;
  archive(digest: string): Promise<Uint8Array | undefined>;
  record(digest: string): Promise<BundleRecord | undefined>;
  /** Newest first. */
  records(): Promise<readonly BundleRecord[]>;
  /** Keeps the reports of a record; nothing else of it can change. */
  report(
    digest: string,
    reports: Pick<BundleRecord, 'report' | 'replay'>,
    events: readonly AuditEvent[],
  ): Promise<void>;
  /** Says that this node lives, and returns every node that said so lately, itself included, and the store's clock. */
  beat(
    report: Omit<NodeReport, 'seen_ms'>,
  ): Promise<{ readonly nowMs: number; readonly nodes: readonly NodeReport[] }>;
  /** Every node that said so lately, and the store's clock. */
  nodes(): Promise<{ readonly nowMs: number; readonly nodes: readonly NodeReport[] }>;
  /** A node that ends says so: nobody waits for it. */
  leave(node: string): Promise<void>;
}

/** A decision as the record has it, with the input it was made on. */
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
  /** How many refusals this one record stands for; absent: one decision. */
  readonly count?: number;
  /** JSON pointers of the input's values that are keyed digests of what they were. */
  readonly input_masked?: readonly string[];
  /** Absent with `why_not`. */
  readonly input?: PolicyInput;
  /** Use of the token it granted, as introspection saw it; absent when there was none. */
  readonly use?: { readonly count: number; readonly last_at_ms: number };
  /** Why it cannot be replayed: `not_recorded`, `input_too_large`, `decided_before_policy`, … */
  readonly why_not?: string;
}

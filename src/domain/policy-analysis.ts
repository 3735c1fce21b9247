import type { PolicyInput, Reason, Removal } from './policy.js';
import type { AgentGrant } from './records.js';
import type { ChangeKind, Outcome, ReplaySummary } from './policy-lifecycle.js';

/** An outcome as reports have it. Wire names. */
export interface OutcomeView {
  readonly effect: Outcome['effect'];
  readonly scopes: readonly string[];
  readonly ttl_seconds: number;
}

export function outcomeView(outcome: Outcome): OutcomeView;
export function outcomeView(outcome: Outcome | 'error'): OutcomeView | 'error';
export function outcomeView(outcome: Outcome | 'error'): OutcomeView | 'error' {
  if (outcome === 'error') return outcome;
  const { effect, scopes, ttlSeconds } = outcome;
  return { effect, scopes, ttl_seconds: ttlSeconds };
}

/** A bundle as reports name it. */
export interface BundleName {
  readonly digest: string;
  readonly revision: string;
}

/** Decisions that changed in the same way, of one agent, by the same rules. Wire names. */
export interface ReplayGroup {
  readonly kind: ChangeKind;
  readonly agent: string;
  /** Ids of the rules that hold back on the side that gives less; `fault:<class>` for an error. */
  readonly rules: readonly string[];
  readonly count: number;
  readonly example: {
    readonly decision_id: string;
    readonly revision: string;
    readonly before: OutcomeView;
    readonly after: OutcomeView | 'error';
    /** Shrunk while the change persists, or the smallest that was recorded: `minimised` says which. */
    readonly input: PolicyInput;
    readonly minimised: boolean;
    /** Why it was not minimised. */
    readonly why_not_minimised?: string;
  };
}

/** Why decisions could not be replayed, and how many. Wire names. */
export interface NotReplayable {
  readonly reason: string;
  readonly count: number;
  readonly example: string;
}

/** Recorded decisions through a candidate. Wire names. */
export interface ReplayReport {
  readonly candidate: BundleName;
  readonly at_ms: number;
  readonly since_ms: number;
  readonly until_ms: number;
  /** Decisions of the time asked for; each is replayed or in `not_replayable`. */
  readonly decisions: number;
  readonly replayed: number;
  readonly unchanged: number;
  /** Of the replayed: inputs with masked values, for which stand-ins gave the same outcome. */
  readonly masked: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
  /** Decisions that grant what was not granted: `deny_to_allow` and `wider`. */
  readonly new_grants: number;
  readonly groups: readonly ReplayGroup[];
  /** Groups beyond those shown; their decisions are counted in `changes`. */
  readonly groups_omitted: number;
  readonly not_replayable: readonly NotReplayable[];
  /** Why older decisions of the time asked for were not looked at. */
  readonly stopped?: 'limit' | 'deadline';
  /** Of the oldest decision that was looked at. */
  readonly oldest_ms?: number;
  readonly took_ms: number;
  readonly decisions_per_second: number;
}

/** Whether a candidate grants more than it may on recorded decisions. */
export function blocks(report: Pick<ReplayReport, 'new_grants'>, allowNewGrants: number): boolean {
  return report.new_grants > allowNewGrants;
}

/** What the store keeps of a report: counts, and nothing of any input. */
export function summaryOf(report: ReplayReport, against?: string): ReplaySummary {
  const { at_ms, since_ms, replayed, unchanged, changes } = report;
  return {
    at_ms,
    ...(against === undefined ? {} : { against }),
    since_ms,
    replayed,
    unchanged,
    not_replayable: report.not_replayable.reduce((sum, { count }) => sum + count, 0),
    changes,
  };
}

/** A rule that spoke, with what its METADATA says when the bundle carries its sources. */
export interface RuleNote {
  readonly rule: string;
  readonly title?: string;
  readonly description?: string;
  /** Path of the source and line of the annotation. */
  readonly location?: string;
}

/** One evaluation of one input. Wire names. */
export interface EvaluationReport {
  readonly bundle: BundleName;
  readonly input_digest?: string;
  /** What the service makes of the result; `error` when the evaluation ended in a fault. */
  readonly outcome: OutcomeView | 'error';
  readonly reasons: readonly Reason[];
  readonly removed: readonly Removal[];
  readonly obligations: readonly string[];
  readonly fault?: string;
  /** What the bundle returned and the service took away. */
  readonly clamped?: Clamped;
  readonly evaluation_micros: number;
}

/** What the clamp took from a result. Wire names. */
export interface Clamped {
  readonly scopes: readonly string[];
  readonly ttl_seconds?: { readonly from: number; readonly to: number };
}

/** Why a decision came out as it did. Wire names. */
export interface Explanation {
  readonly decision_id: string;
  readonly time_ms: number;
  readonly agent_id: string;
  readonly resource: string;
  readonly revision: string;
  readonly recorded: {
    readonly outcome: OutcomeView;
    readonly rules: readonly string[];
    readonly removed: readonly Removal[];
  };
  readonly rules: readonly RuleNote[];
  /** For each scope that was asked: granted, or the rule that cut it. */
  readonly scopes: readonly ScopeVerdict[];
  /** Absent when the input or the bundle is not there: `why_not_evaluated` says which. */
  readonly evaluation?: EvaluationReport;
  readonly why_not_evaluated?: string;
  /** The digest of the input and the outcome are those of the record. */
  readonly reproduced?: boolean;
  readonly differences?: readonly string[];
  /** Of `opa eval --explain`, where the binary and the sources are there. */
  readonly trace?: { readonly text: string; readonly truncated: boolean };
  readonly why_no_trace?: string;
}

export interface ScopeVerdict {
  readonly scope: string;
  readonly verdict: 'granted' | 'cut' | 'waits' | 'denied';
  readonly rule?: string;
  readonly reason?: string;
}

/** One difference between two data documents. `from` and `to` are absent where there is no such member. */
export interface DataChange {
  readonly pointer: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What an input is granted otherwise by the other bundle. Wire names. */
export interface PermissionChange {
  readonly kind: ChangeKind;
  readonly count: number;
  readonly example: {
    /** `recorded`, `case`, `generated`: where the input came from, and its name there. */
    readonly source: string;
    readonly name: string;
    readonly input: PolicyInput;
    readonly before: OutcomeView | 'error';
    readonly after: OutcomeView | 'error';
  };
}

/** How two bundles differ: their rules, their data, and what they permit. Wire names. */
export interface BundleDifference {
  readonly from: BundleName;
  readonly to: BundleName;
  readonly rego: {
    /** Unified difference of the sources; empty when they are equal. */
    readonly text: string;
    readonly truncated: boolean;
    /** Why there is none to show. */
    readonly why_not?: string;
  };
  readonly data: { readonly changes: readonly DataChange[]; readonly truncated: boolean };
  /** Whether the compiled modules differ: they can, when the sources do not. */
  readonly modules_differ: boolean;
  readonly permissions: {
    readonly inputs: {
      readonly recorded: number;
      readonly cases: number;
      readonly generated: number;
    };
    readonly unchanged: number;
    readonly changes: readonly PermissionChange[];
  };
}

/** How often a scope was granted to an agent on a resource, and how often a token with it was used. Wire names. */
export interface ScopeUse {
  readonly agent: string;
  readonly resource: string;
  readonly scope: string;
  /** Tokens that were granted with it. */
  readonly granted: number;
  /** Tokens with it that a resource server found active at least once. */
  readonly used: number;
  readonly last_used_ms?: number;
}

/** A narrower list of grants in place of one that is wider than what was used. Wire names. */
export interface GrantProposal {
  /** `agent` or `role`, and which. */
  readonly of: 'agent' | 'role';
  readonly id: string;
  readonly before: readonly AgentGrant[];
  readonly after: readonly AgentGrant[];
}

/** Granted against used, and what would be enough. Wire names. */
export interface TightenReport {
  readonly since_ms: number;
  readonly until_ms: number;
  readonly tokens: number;
  readonly uses: readonly ScopeUse[];
  readonly proposals: readonly GrantProposal[];
  /** JSON Patch (RFC 6902) for the bundle's data.json; empty when no role has to change. */
  readonly data_patch: readonly {
    readonly op: 'replace';
    readonly path: string;
    readonly value: unknown;
  }[];
  /** A case file (rego/schemas/case.json): what was used stays allowed, what was not is denied. */
  readonly cases: object;
  /** What the proposals would have done to the granted requests they come from; absent when none could be replayed. */
  readonly check?: {
    readonly requests: number;
    readonly still_granted: number;
    readonly narrowed: number;
  };
  readonly notes: readonly string[];
}

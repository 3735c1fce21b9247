import type { PolicyInput, Reason, Removal } from './policy.js';
import type { AgentGrant } from './records.js';
import type { ChangeKind, FuelUse, Outcome, ReplaySummary } from './policy-lifecycle.js';
import type { ReplaySample } from './replay-sample.js';

/** An outcome as shown in reports. Wire names. */
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

/** The identification of a bundle in reports. */
export interface BundleName {
  readonly digest: string;
  readonly revision: string;
}

/** Decisions of one agent with an equal kind of change and equal rules. Wire names. */
export interface ReplayGroup {
  readonly kind: ChangeKind;
  readonly agent: string;
  /** Ids of the restricting rules on the stricter side; `fault:<class>` for an error. */
  readonly rules: readonly string[];
  readonly count: number;
  readonly example: {
    readonly decision_id: string;
    readonly revision: string;
    readonly before: OutcomeView;
    readonly after: OutcomeView | 'error';
    /** Minimised while the change persists, or the smallest recorded input; see `minimised`. */
    readonly input: PolicyInput;
    readonly minimised: boolean;
    /** Reason why it was not minimised. */
    readonly why_not_minimised?: string;
  };
}

/** A reason why decisions could not be replayed, with their number. Wire names. */
export interface NotReplayable {
  readonly reason: string;
  readonly count: number;
  readonly example: string;
}

/** The replay of recorded decisions through a candidate. Wire names. */
export interface ReplayReport {
  readonly candidate: BundleName;
  readonly at_ms: number;
  readonly since_ms: number;
  readonly until_ms: number;
  /** Decisions in the requested period; each is replayed or in `not_replayable`. */
  readonly decisions: number;
  readonly replayed: number;
  readonly unchanged: number;
  /** Replayed decisions with masked values for which stand-ins gave an equal outcome. */
  readonly masked: number;
  readonly changes: Readonly<Partial<Record<ChangeKind, number>>>;
  /** Decisions that grant more than before: `deny_to_allow` and `wider`. */
  readonly new_grants: number;
  readonly groups: readonly ReplayGroup[];
  /** Number of groups not shown; their decisions are counted in `changes`. */
  readonly groups_omitted: number;
  readonly not_replayable: readonly NotReplayable[];
  /** Coverage of the period by a sample; absent for a replay of the newest decisions. */
  readonly sample?: ReplaySample;
  /** Fuel of the replayed inputs on fresh instances. */
  readonly fuel?: FuelUse;
  /** Reason why older decisions of the period were not replayed. */
  readonly stopped?: 'limit' | 'deadline';
  /** Time of the oldest replayed decision. */
  readonly oldest_ms?: number;
  readonly took_ms: number;
  readonly decisions_per_second: number;
}

/** Returns true when a candidate grants more on recorded decisions than is allowed. */
export function blocks(report: Pick<ReplayReport, 'new_grants'>, allowNewGrants: number): boolean {
  return report.new_grants > allowNewGrants;
}

/** Returns the stored summary of a report: counts without any input. */
export function summaryOf(report: ReplayReport, against?: string): ReplaySummary {
  const { at_ms, since_ms, replayed, unchanged, changes, sample, fuel } = report;
  return {
    at_ms,
    ...(against === undefined ? {} : { against }),
    since_ms,
    replayed,
    unchanged,
    not_replayable: report.not_replayable.reduce((sum, { count }) => sum + count, 0),
    changes,
    ...(sample === undefined ? {} : { sample }),
    ...(fuel === undefined ? {} : { fuel }),
  };
}

/** A rule with a reason, and its METADATA when the bundle contains its sources. */
export interface RuleNote {
  readonly rule: string;
  readonly title?: string;
  readonly description?: string;
  /** Path of the source and line of its annotation. */
  readonly location?: string;
}

/** The evaluation of one input. Wire names. */
export interface EvaluationReport {
  readonly bundle: BundleName;
  readonly input_digest?: string;
  /** The outcome after clamping; `error` when the evaluation failed. */
  readonly outcome: OutcomeView | 'error';
  readonly reasons: readonly Reason[];
  readonly removed: readonly Removal[];
  readonly obligations: readonly string[];
  readonly fault?: string;
  /** Parts of the bundle's result that the clamp removed. */
  readonly clamped?: Clamped;
  readonly evaluation_micros: number;
}

/** Parts that the clamp removed from a result. Wire names. */
export interface Clamped {
  readonly scopes: readonly string[];
  readonly ttl_seconds?: { readonly from: number; readonly to: number };
}

/** The explanation of a decision. Wire names. */
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
  /** For each requested scope: granted, or the rule that removed it. */
  readonly scopes: readonly ScopeVerdict[];
  /** Absent when the input or the bundle is missing; see `why_not_evaluated`. */
  readonly evaluation?: EvaluationReport;
  readonly why_not_evaluated?: string;
  /** True when input digest and outcome equal those of the record. */
  readonly reproduced?: boolean;
  readonly differences?: readonly string[];
  /** Output of `opa eval --explain`, when the binary and the sources are available. */
  readonly trace?: { readonly text: string; readonly truncated: boolean };
  readonly why_no_trace?: string;
}

export interface ScopeVerdict {
  readonly scope: string;
  readonly verdict: 'granted' | 'cut' | 'waits' | 'denied';
  readonly rule?: string;
  readonly reason?: string;
}

/** A difference between two data documents. `from` or `to` is absent for a missing member. */
export interface DataChange {
  readonly pointer: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/** A change of the outcome for an input between two bundles. Wire names. */
export interface PermissionChange {
  readonly kind: ChangeKind;
  readonly count: number;
  readonly example: {
    /** Origin of the input: `recorded`, `case` or `generated`; `name` is its name there. */
    readonly source: string;
    readonly name: string;
    readonly input: PolicyInput;
    readonly before: OutcomeView | 'error';
    readonly after: OutcomeView | 'error';
  };
}

/** The difference between two bundles: rules, data and permissions. Wire names. */
export interface BundleDifference {
  readonly from: BundleName;
  readonly to: BundleName;
  readonly rego: {
    /** Unified diff of the sources; empty when they are equal. */
    readonly text: string;
    readonly truncated: boolean;
    /** Reason why there is no diff. */
    readonly why_not?: string;
  };
  readonly data: { readonly changes: readonly DataChange[]; readonly truncated: boolean };
  /** True when the compiled modules differ, which is possible with equal sources. */
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

/** Counts of grants and uses of a scope by an agent on a resource. Wire names. */
export interface ScopeUse {
  readonly agent: string;
  readonly resource: string;
  readonly scope: string;
  /** Tokens granted with the scope. */
  readonly granted: number;
  /** Tokens with the scope that a resource server found active at least once. */
  readonly used: number;
  readonly last_used_ms?: number;
}

/** A proposal of narrower grants, derived from use. Wire names. */
export interface GrantProposal {
  /** Holder of the grants; `id` is its name. */
  readonly of: 'agent' | 'role';
  readonly id: string;
  readonly before: readonly AgentGrant[];
  readonly after: readonly AgentGrant[];
}

/** A comparison of granted and used scopes, with proposals. Wire names. */
export interface TightenReport {
  readonly since_ms: number;
  readonly until_ms: number;
  readonly tokens: number;
  readonly uses: readonly ScopeUse[];
  readonly proposals: readonly GrantProposal[];
  /** JSON Patch (RFC 6902) for the bundle's data.json; empty when no role changes. */
  readonly data_patch: readonly {
    readonly op: 'replace';
    readonly path: string;
    readonly value: unknown;
  }[];
  /** A case file (rego/schemas/case.json): used scopes stay allowed, unused ones are denied. */
  readonly cases: object;
  /** Effect of the proposals on the original requests; absent when none could be replayed. */
  readonly check?: {
    readonly requests: number;
    readonly still_granted: number;
    readonly narrowed: number;
  };
  readonly notes: readonly string[];
}

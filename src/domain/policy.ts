import type { AgentSpec, ResourceSpec } from './records.js';
import type { Declared } from './request.js';
import type { Signals } from './signals.js';

/** The input document of the policy; its schema is `rego/schemas/input.json`. Wire names. */
export interface PolicyInput {
  readonly request: {
    /** The registered id, never the audience URI. */
    readonly resource: string;
    readonly scopes: readonly string[];
    readonly ttl_seconds: number;
    readonly declared: Declared;
  };
  readonly agent: {
    readonly id: string;
    /** The agent's class; `default` unless its record names one. */
    readonly class: string;
    readonly roles: readonly string[];
    readonly grants: NonNullable<AgentSpec['grants']>;
    readonly labels: Readonly<Record<string, string>>;
    /** The authentication method of the agent. */
    readonly authentication: string;
  };
  readonly resource: Required<Pick<ResourceSpec, 'id' | 'audiences' | 'scopes'>> &
    Pick<ResourceSpec, 'max_ttl_seconds' | 'requires' | 'working_hours' | 'labels'>;
  readonly signals: Signals;
  /** Agents that this one acts for, outermost first; empty until token exchange exists. */
  readonly delegation: { readonly chain: readonly string[] };
  /** The approval that covers this request; null until approvals exist. */
  readonly approval: null;
  /** The store's tick, the policy's only clock. */
  readonly now: { readonly unix_ms: number };
}

export interface Reason {
  /** The `id` in the METADATA of the rule that gave the reason. */
  readonly rule: string;
  readonly code: string;
  readonly message: string;
}

export interface Removal {
  readonly scope: string;
  readonly rule: string;
  readonly reason: string;
}

export interface Obligation {
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

export type Effect = 'allow' | 'narrow' | 'review' | 'deny';

/** The bundle's result, with its shape checked against `rego/schemas/result.json`. */
export interface PolicyResult {
  readonly effect: Effect;
  readonly grant?: {
    readonly scopes: readonly string[];
    readonly ttl_seconds: number;
    readonly authorization_details?: readonly Readonly<Record<string, unknown>>[];
    readonly max_uses?: number;
  };
  readonly removed?: readonly Removal[];
  readonly review?: {
    readonly approvers: readonly string[];
    readonly expires_in_seconds: number;
    readonly reason: string;
  };
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
}

/** The engine's answer: the result and the bundle's revision. */
export interface Evaluation {
  readonly result: PolicyResult;
  readonly revision: string;
  /** `sha256:` and lower-case hex, of the canonical (RFC 8785) input. */
  readonly inputDigest: string;
  /** The canonical text that was digested and evaluated, kept for reuse. */
  readonly inputText?: string;
  readonly evaluationMicros: number;
  /** Units of fuel that the evaluation used. */
  readonly fuelUsed?: number;
}

/** A clamped result: never wider than requested, never longer than the shortest cap (I3). */
export interface Decision {
  readonly effect: Effect;
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
  readonly removed: readonly Removal[];
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  /** True when the clamp removed an excess from the bundle's result. */
  readonly clamped: boolean;
  readonly revision: string;
  readonly inputDigest: string;
  /** Duration of the evaluation, in microseconds. */
  readonly evaluationMicros: number;
  /** See Evaluation. */
  readonly inputText?: string;
}

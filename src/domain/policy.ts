import type { AgentSpec, ResourceSpec } from './records.js';
import type { Declared } from './request.js';
import type { Signals } from './signals.js';

/** The document the policy decides over; `rego/schemas/input.json` is its schema. Wire names. */
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
    /** The kind of agent it is; `default` unless its record says otherwise. */
    readonly class: string;
    readonly roles: readonly string[];
    readonly grants: NonNullable<AgentSpec['grants']>;
    readonly labels: Readonly<Record<string, string>>;
    /** How the agent proved who it is. */
    readonly authentication: string;
  };
  readonly resource: Required<Pick<ResourceSpec, 'id' | 'audiences' | 'scopes'>> &
    Pick<ResourceSpec, 'max_ttl_seconds' | 'requires' | 'working_hours' | 'labels'>;
  readonly signals: Signals;
  /** Agents this one acts for, outermost first; empty until token exchange exists. */
  readonly delegation: { readonly chain: readonly string[] };
  /** The approval that covers this request; null until approvals exist. */
  readonly approval: null;
  /** The store's tick: what the policy uses in place of the clock. */
  readonly now: { readonly unix_ms: number };
}

export interface Reason {
  /** The `id` in the METADATA of the rule that said it. */
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

/** What the bundle returned, after its shape was checked against `rego/schemas/result.json`. */
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

/** What the engine answers: the bundle's result and which bundle made it. */
export interface Evaluation {
  readonly result: PolicyResult;
  readonly revision: string;
  /** `sha256:` and lower-case hex, of the canonical (RFC 8785) input. */
  readonly inputDigest: string;
  /** The canonical text that was digested and evaluated, so that nobody has to write it again. */
  readonly inputText?: string;
  readonly evaluationMicros: number;
}

/** The result after the service clamped it: never wider than asked, never longer than every cap (I3). */
export interface Decision {
  readonly effect: Effect;
  readonly scopes: readonly string[];
  readonly ttlSeconds: number;
  readonly removed: readonly Removal[];
  readonly reasons: readonly Reason[];
  readonly obligations: readonly Obligation[];
  /** True when the bundle returned more than was asked and the service took it away. */
  readonly clamped: boolean;
  readonly revision: string;
  readonly inputDigest: string;
  /** How long the evaluation took. */
  readonly evaluationMicros: number;
  /** See Evaluation. */
  readonly inputText?: string;
}

import type { Principal } from './revocation.js';
import type { ScopeSpec } from './scope.js';
import type { SaidTerm } from './signals.js';

/** Registry records. Wire names (snake_case): stored, served and passed to the policy unchanged. */

/** One of at most two valid secrets. Only the SHA-256 is stored. */
export interface SecretRecord {
  readonly id: string;
  /** Lower-case hex SHA-256 of the whole secret text, prefix and checksum included. */
  readonly sha256: string;
  readonly created_at_ms: number;
  /** From then on the secret authenticates nothing; absent: it does not expire. */
  readonly expires_at_ms?: number;
}

/** Returns whether a secret has expired. */
export function isExpired({ expires_at_ms: end }: SecretRecord, nowMs: number): boolean {
  return end !== undefined && nowMs >= end;
}

/** An agent's grant on one resource. Scope patterns may end in `*`; `resource` may be `*`. */
export interface AgentGrant {
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly max_ttl_seconds?: number;
}

/** The request budget per agent, and per agent and resource: sustained rate per minute, and burst. */
export interface RateLimit {
  readonly per_minute: number;
  readonly burst: number;
  readonly resource_per_minute: number;
  readonly resource_burst: number;
}

export type AgentStatus = 'active' | 'disabled' | 'quarantined' | 'deleted';

/** A public key for client assertions (RFC 7517 members; private members are refused). */
export type PublicJwk = Readonly<Record<string, unknown>> & { readonly kty: string };

/** The specification of an agent, from `countersign.yaml` or the admin API. */
export interface AgentSpec {
  readonly id: string;
  readonly description?: string;
  readonly owner?: string;
  /** The agent's class, for thresholds and for its signal prior. */
  readonly class?: string;
  readonly roles?: readonly string[];
  readonly grants?: readonly AgentGrant[];
  readonly rate?: Partial<RateLimit>;
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly labels?: Readonly<Record<string, string>>;
}

/** The class of an agent without a class in its record. */
export const DEFAULT_CLASS = 'default';

/** The reason and origin of a quarantine. */
export interface QuarantineNote {
  readonly since_ms: number;
  /** The operator's text, or the policy's code: `anomaly`, `honey_scope`. */
  readonly reason: string;
  readonly by: Principal;
  /** The decision that quarantined the agent; absent when an operator did. */
  readonly decision_id?: string;
  readonly anomaly?: number;
  readonly signals?: readonly SaidTerm[];
}

/** An agent as stored: the specification and the service's state. */
export interface AgentRecord {
  readonly spec: AgentSpec;
  readonly secrets: readonly SecretRecord[];
  readonly source: 'config' | 'api';
  /** Digest of the last applied configuration entry; empty for an agent created by the API. */
  readonly config_digest: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly status: AgentStatus;
  /** Present only while the status is `quarantined`, and in the record of an agent deleted in this status. */
  readonly quarantine?: QuarantineNote;
  /** Status before the deletion; present only in deleted records, absent in those of earlier builds. */
  readonly status_before?: Exclude<AgentStatus, 'deleted'>;
  /** Incremented by each change of any member, including status and secrets. */
  readonly version: number;
}

type Day = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
/** A day of the week by its name or the first three letters. */
export type Weekday = Day | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** The specification of a catalogue resource (a tool). */
export interface ResourceSpec {
  readonly id: string;
  readonly description?: string;
  /** URIs; the first is the `aud` of tokens for this resource. */
  readonly audiences: readonly string[];
  readonly scopes: readonly ScopeSpec[];
  readonly max_ttl_seconds?: number;
  readonly requires?: readonly ('session' | 'task' | 'user' | 'reason')[];
  /** Local time of day in a named zone; the default policy denies requests outside it. */
  readonly working_hours?: {
    readonly timezone: string;
    readonly days: readonly Weekday[];
    readonly start: string;
    readonly end: string;
  };
  readonly labels?: Readonly<Record<string, string>>;
}

/** The specification of a resource server: a target API that may introspect. */
export interface ResourceServerSpec {
  readonly id: string;
  readonly description?: string;
  /** Ids of its resources; introspection covers only tokens for their audiences. */
  readonly resources: readonly string[];
}

interface Stored {
  readonly source: 'config' | 'api';
  readonly config_digest: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly updated_at_ms: number;
}

export interface ResourceRecord extends Stored {
  readonly spec: ResourceSpec;
}

export interface ResourceServerRecord extends Stored {
  readonly spec: ResourceServerSpec;
  readonly secrets: readonly SecretRecord[];
  readonly disabled: boolean;
}

/** The validated registry of the configuration file. Wire names. */
export interface ConfiguredRegistry {
  /** Raise it with every edit: an instance with an older file never reverts a newer one. */
  readonly revision: number;
  readonly agents: readonly AgentSpec[];
  readonly resources: readonly ResourceSpec[];
  readonly resource_servers: readonly ResourceServerSpec[];
}

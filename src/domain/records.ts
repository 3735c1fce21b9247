import type { Principal } from './revocation.js';
import type { ScopeSpec } from './scope.js';
import type { SaidTerm } from './signals.js';

/** Records of the registry. Wire names (snake_case), since they are stored, served and given to the policy as they are. */

/** One of at most two valid secrets. Only the SHA-256 is ever kept. */
export interface SecretRecord {
  readonly id: string;
  /** Lower-case hex SHA-256 of the whole secret text, prefix and checksum included. */
  readonly sha256: string;
  readonly created_at_ms: number;
}

/** What an agent may ask for on one resource. Scope patterns may end in `*`; `resource` may be `*`. */
export interface AgentGrant {
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly max_ttl_seconds?: number;
}

/** Request budget: the sustained rate per minute and the burst above it, per agent and per agent and resource. */
export interface RateLimit {
  readonly per_minute: number;
  readonly burst: number;
  readonly resource_per_minute: number;
  readonly resource_burst: number;
}

export type AgentStatus = 'active' | 'disabled' | 'quarantined' | 'deleted';

/** A public key an agent signs client assertions with (RFC 7517 members; private members are refused). */
export type PublicJwk = Readonly<Record<string, unknown>> & { readonly kty: string };

/** What an operator writes about an agent, in `countersign.yaml` or the admin API. */
export interface AgentSpec {
  readonly id: string;
  readonly description?: string;
  readonly owner?: string;
  /** The kind of agent it is, for thresholds and for what is expected of it before its own ways are known. */
  readonly class?: string;
  readonly roles?: readonly string[];
  readonly grants?: readonly AgentGrant[];
  readonly rate?: Partial<RateLimit>;
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly labels?: Readonly<Record<string, string>>;
}

/** The class of an agent whose record names none. */
export const DEFAULT_CLASS = 'default';

/** Why an agent is in quarantine. */
export interface QuarantineNote {
  readonly since_ms: number;
  /** The operator's words, or the policy's: `anomaly`, `honey_scope`. */
  readonly reason: string;
  readonly by: Principal;
  /** The decision that did it; absent when an operator did. */
  readonly decision_id?: string;
  readonly anomaly?: number;
  readonly signals?: readonly SaidTerm[];
}

/** An agent as stored: what was written, plus what the service keeps. */
export interface AgentRecord {
  readonly spec: AgentSpec;
  readonly secrets: readonly SecretRecord[];
  readonly source: 'config' | 'api';
  /** Digest of the configuration entry last applied; empty for an agent made by the API. */
  readonly config_digest: string;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
  readonly status: AgentStatus;
  /** Only while the status is `quarantined`. */
  readonly quarantine?: QuarantineNote;
  /** One more for each change of any member, status and secrets included. */
  readonly version: number;
}

type Day = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';
/** A day of the week by its name or the first three letters of it. */
export type Weekday = Day | 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** A tool in the catalogue. */
export interface ResourceSpec {
  readonly id: string;
  readonly description?: string;
  /** URIs; the first is the `aud` of tokens for this resource. */
  readonly audiences: readonly string[];
  readonly scopes: readonly ScopeSpec[];
  readonly max_ttl_seconds?: number;
  readonly requires?: readonly ('session' | 'task' | 'user' | 'reason')[];
  /** Local time of day in a named zone; outside it the default policy denies. */
  readonly working_hours?: {
    readonly timezone: string;
    readonly days: readonly Weekday[];
    readonly start: string;
    readonly end: string;
  };
  readonly labels?: Readonly<Record<string, string>>;
}

/** What an operator writes about a target API that may introspect. */
export interface ResourceServerSpec {
  readonly id: string;
  readonly description?: string;
  /** It is told only about tokens whose audience is one of these resources' (ids, not URIs). */
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

/** What the file says about agents, resources and resource servers; wire names, checked. */
export interface ConfiguredRegistry {
  /** Raise it with every edit: an instance with an older file never undoes a newer one. */
  readonly revision: number;
  readonly agents: readonly AgentSpec[];
  readonly resources: readonly ResourceSpec[];
  readonly resource_servers: readonly ResourceServerSpec[];
}

import type { EvaluationBatch, Judgement } from '../domain/access-evaluation.js';
import type { AuditPage, AuditQuery, Delivery, Page, PageRequest } from '../domain/audit-query.js';
import type { Removal } from '../domain/policy.js';
import type {
  AgentRecord,
  AgentSpec,
  ResourceRecord,
  ResourceServerRecord,
  ResourceServerSpec,
  ResourceSpec,
  SecretRecord,
} from '../domain/records.js';
import type { AccessRequest, ClientCredential, RequestContext } from '../domain/request.js';
import type { RevocationDimension, RevocationOutcome } from '../domain/revocation.js';
import type { RateState } from '../domain/budget.js';
import type { StoreOperations } from './admin/store-clock.js';
import type { LimitsOperations } from './admin/limits.js';
import type { SignalOperations } from './admin/signals.js';
import type { AnalysisOperations } from './policy/analysis.js';
import type { KeyRecord, TokenClaims } from '../domain/token.js';
import type { AuthorOperations } from './policy/author.js';
import type { DataOperations } from './policy/evaluate-data.js';
import type { PolicyOperations } from './policy/operations.js';
import type { StatusOperations } from './policy/status.js';
import type { AdminContext, CreatedSecret, AgentRelease } from './admin/context.js';

/** The answer to a granted request. Every other outcome is thrown as a CountersignError. */
export interface AccessGranted {
  readonly token: string;
  readonly scopes: readonly string[];
  /** Granted scopes or lifetime differ from the request. */
  readonly narrowed: boolean;
  readonly removed: readonly Removal[];
  readonly ttlSeconds: number;
  readonly resource: string;
  readonly grantId: string;
  readonly decisionId: string;
  readonly rate: RateState;
}

/** The claims of an active token; no members otherwise (RFC 7662 section 2.2). */
export type Introspection =
  | { readonly active: false }
  | { readonly active: true; readonly claims: TokenClaims };

/** The use cases of the public and sidecar listeners. */
export interface PublicOperations {
  authorize(
    request: AccessRequest,
    credential: ClientCredential,
    context: RequestContext,
  ): Promise<AccessGranted>;
  introspect(
    token: string,
    credential: ClientCredential,
    context: RequestContext,
  ): Promise<Introspection>;
  /** Revokes a token (RFC 7009). Resolves for unknown tokens too; 503 means the token still exists. */
  revokeToken(token: string, credential: ClientCredential, context: RequestContext): Promise<void>;
  /** Returns one answer for each processed item, in order. */
  evaluateAccess(
    batch: EvaluationBatch,
    credential: ClientCredential,
    context: RequestContext,
  ): Promise<readonly Judgement[]>;
}

/** Lifetime of a new secret; absent: it does not expire. */
export interface SecretOption {
  readonly secretTtlSeconds?: number;
}

/** A secret with the time of its last use, exact to a minute; absent when it was not used. */
export interface ListedSecret extends SecretRecord {
  readonly last_used_at_ms?: number;
}

/** What a change did to the live tokens of an agent. */
export type LiveTokens = 'cut' | 'kept';

/** Keeps the live tokens of an agent at a change that revokes them by default. */
export interface TokenOption {
  readonly keepTokens?: boolean;
}

/** Rotation of the secrets of a client: an agent or a resource server. */
export interface SecretOperations {
  /** Creates a secret. At most two are valid at a time: throws `conflict` on a third. */
  createSecret(id: string, context: AdminContext, options?: SecretOption): Promise<CreatedSecret>;
  /** Returns the secrets of a client, expired ones included, with their last use. */
  listSecrets(id: string): Promise<readonly ListedSecret[]>;
  /** Deletes a secret. For the only one of an agent, returns what happened to the agent's live tokens. */
  removeSecret(
    id: string,
    secretId: string,
    context: AdminContext,
    options?: TokenOption,
  ): Promise<LiveTokens | undefined>;
}

/** The consent to give the id of a deleted client to a new one, and the lifetime of its secret. */
export interface CreateOption extends SecretOption {
  readonly reuseDeleted?: boolean;
}

export interface AgentOperations extends SecretOperations {
  list(page: PageRequest): Promise<Page<AgentRecord>>;
  /** Returns an agent. Throws `not_found`. */
  get(id: string): Promise<AgentRecord>;
  /** Creates an agent. Throws `conflict` when the id exists; for a deleted one, unless it may be re-used. */
  create(
    spec: AgentSpec,
    context: AdminContext,
    options?: CreateOption,
  ): Promise<{ agent: AgentRecord; secret: CreatedSecret }>;
  /**
   * Replaces the spec when the version is still `expectedVersion`; throws `conflict`.
   * When the last grants, roles or keys go, also returns what happened to the agent's live tokens.
   */
  update(
    id: string,
    spec: AgentSpec,
    expectedVersion: number,
    context: AdminContext,
    options?: TokenOption,
  ): Promise<{ agent: AgentRecord; liveTokens?: LiveTokens }>;
  remove(id: string, context: AdminContext): Promise<void>;
  /** Restores a deleted agent in its status before the deletion, with a new secret. Throws `conflict`. */
  restore(
    id: string,
    reason: string,
    context: AdminContext,
    options?: SecretOption,
  ): Promise<{ agent: AgentRecord; secret: CreatedSecret }>;
  /** Sets the status. Disabling and quarantining revoke the agent's tokens atomically. */
  setStatus(
    id: string,
    status: 'active' | 'disabled' | 'quarantined',
    reason: string,
    context: AdminContext,
  ): Promise<AgentRecord>;
  /** Ends a quarantine; revoked tokens stay revoked. Throws `conflict` when the agent is not quarantined. */
  release(id: string, release: AgentRelease, context: AdminContext): Promise<AgentRecord>;
}

export interface ResourceOperations {
  list(page: PageRequest): Promise<Page<ResourceRecord>>;
  get(id: string): Promise<ResourceRecord>;
  /** Creates (expectedVersion 0) or replaces; throws `conflict`. */
  put(spec: ResourceSpec, expectedVersion: number, context: AdminContext): Promise<ResourceRecord>;
  remove(id: string, context: AdminContext): Promise<void>;
}

export interface ResourceServerOperations extends SecretOperations {
  list(page: PageRequest): Promise<Page<ResourceServerRecord>>;
  get(id: string): Promise<ResourceServerRecord>;
  create(
    spec: ResourceServerSpec,
    context: AdminContext,
    options?: CreateOption,
  ): Promise<{ resourceServer: ResourceServerRecord; secret: CreatedSecret }>;
  update(
    id: string,
    spec: ResourceServerSpec,
    expectedVersion: number,
    context: AdminContext,
  ): Promise<ResourceServerRecord>;
  remove(id: string, context: AdminContext): Promise<void>;
}

export interface RevocationCommand {
  readonly by: RevocationDimension;
  /** For a token, its text is accepted in place of its `jti`. */
  readonly value: string;
  readonly reason: string;
  readonly denyUntilLifted: boolean;
}

export interface RevocationOperations {
  /** Revokes; effective on every node when the outcome is `done`. */
  revoke(command: RevocationCommand, context: AdminContext): Promise<RevocationOutcome>;
  /** Lifts a "deny until lifted"; revoked tokens stay revoked. */
  lift(
    command: Omit<RevocationCommand, 'denyUntilLifted'>,
    context: AdminContext,
  ): Promise<RevocationOutcome>;
}

export interface KeyOperations {
  list(): Promise<readonly Omit<KeyRecord, 'sealed_private_key'>[]>;
  /** Requests a rotation from the worker. */
  requestRotation(context: AdminContext): Promise<void>;
  /** Revokes the key's tokens at once; another key signs from then on. */
  revoke(kid: string, reason: string, context: AdminContext): Promise<RevocationOutcome>;
}

export interface AuditOperations {
  /** Queries the record; waits up to two seconds until entries written before the call are stored. */
  query(query: AuditQuery, context: Pick<AdminContext, 'principal'>): Promise<AuditPage>;
}

export interface DeliveryOperations {
  list(
    page: PageRequest & { readonly state?: Delivery['state'] },
    context: Pick<AdminContext, 'principal'>,
  ): Promise<Page<Delivery>>;
  retry(id: string, context: AdminContext): Promise<void>;
}

/** The use cases of the admin listener. */
export interface AdminOperations {
  readonly agents: AgentOperations;
  readonly resources: ResourceOperations;
  readonly resourceServers: ResourceServerOperations;
  readonly revocations: RevocationOperations;
  readonly keys: KeyOperations;
  readonly audit: AuditOperations;
  readonly deliveries: DeliveryOperations;
  readonly policy: PolicyOperations;
  readonly status: StatusOperations;
  readonly policyAuthor: AuthorOperations;
  readonly analysis: AnalysisOperations;
  readonly data: DataOperations;
  readonly signals: SignalOperations;
  readonly limits: LimitsOperations;
  readonly store: StoreOperations;
}

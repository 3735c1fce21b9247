import type { AuditEvent } from './audit.js';
import type { Evaluation, PolicyInput } from './policy.js';
import type { AgentRecord, ResourceRecord, ResourceServerRecord } from './records.js';
import type { Declared } from './request.js';
import type { Revocation, RevocationOutcome } from './revocation.js';
import type { Signals } from './signals.js';
import type { RateState } from './budget.js';
import type { KeyringDocument, SignedToken, TokenClaims } from './token.js';

/** Change counters: a cache entry read under another generation is stale. */
export interface Generations {
  readonly registry: number;
  readonly policy: number;
  readonly keyring: number;
}

/* ---- registry ---- */

/** A directory of agents by id. `find` may use a cache; `refresh` always reads the store. */
export interface AgentDirectory {
  find(id: string): Promise<AgentRecord | undefined>;
  refresh(id: string): Promise<AgentRecord | undefined>;
}

/** A cached catalogue of resources and resource servers; entries carry their registry generation. */
export interface Catalogue {
  /** Returns a resource by id or audience URI; undefined when unknown or deleted. */
  resource(idOrAudience: string): Promise<ResourceRecord | undefined>;
  resourceServer(id: string): Promise<ResourceServerRecord | undefined>;
  /** Returns the current registry generation; undefined before the first observation. */
  generation(): number | undefined;
  /** Records the store's generation; returns true when cached entries became stale. */
  observe(registryGeneration: number): boolean;
}

/* ---- identity ---- */

/** A guard against replay of client assertions, and of assertions older than the shard's epoch. */
export interface AssertionReplayGuard {
  /**
   * Consumes a `jti`. Returns false when it was used before, or issued far ahead of the store's clock.
   * Throws 503 when it was issued before the epoch of the agent's shard, or soon after. Times in seconds.
   */
  consume(
    agentId: string,
    jti: string,
    issuedAtSeconds: number,
    expiresAtSeconds: number,
  ): Promise<boolean>;
}

/** A budget of failed authentications: the burst, and the failures regained per second. */
export interface FailureBudget {
  readonly capacity: number;
  readonly perSecond: number;
}

/** A failed authentication to count across all instances. */
export interface FailureCharge {
  /** Key of the source; all keys of one source share a slot. */
  readonly source: string;
  readonly budgets: { readonly pair: FailureBudget; readonly source: FailureBudget };
  /** Names of the two budgets, distinct across endpoints. */
  readonly keys: { readonly pair: string; readonly source: string };
}

/** The failures left in two budgets after a charge; negative when overdrawn. */
export interface FailuresLeft {
  readonly pair: number;
  readonly source: number;
}

/**
 * A counter of failed authentications, shared by all instances.
 * `charge` is one command; it rejects when the store is unreachable.
 */
export interface SharedFailureCounter {
  charge(charge: FailureCharge): Promise<FailuresLeft>;
}

/* ---- signals (one round trip in the agent's shard) ---- */

export interface GatherRequest {
  readonly agent: AgentRecord;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** Number of scopes that match a honey entry of the resource's catalogue. */
  readonly honeyScopes: number;
  /** Cost in budget units, 1 by default; 0 leaves the budgets unchanged. */
  readonly cost?: number;
  /** The agent's declared task: a recent revocation of it is a signal. */
  readonly declared?: Declared;
  /** How the request came in; absent: it repeats no other. */
  readonly sent?: {
    /** The authentication method, or `evaluation`. */
    readonly by: string;
    readonly clientFingerprint: string | undefined;
  };
  /** False on the second gather of a request; `peek` returns the counted state without storing it. */
  readonly count: boolean | 'peek';
}

export type GatherResult =
  /** The agent's record changed since authentication: read it and authenticate again. */
  | { readonly state: 'agent_changed' }
  | {
      readonly state: 'gathered';
      readonly epoch: string;
      readonly basis: number;
      /** The shard's monotonic clock, milliseconds since the Unix epoch. */
      readonly tickMs: number;
      readonly generations: Generations;
      readonly status: AgentRecord['status'];
      readonly signals: Signals;
      /** Reason why the agent's signal state was unreadable and was reset. */
      readonly rebuilt?: string;
      /** True when it repeats a request of the last two seconds by another method: its denial counts once. */
      readonly repeats?: true;
      readonly rate: RateState;
    };

export interface SignalGatherer {
  gather(request: GatherRequest): Promise<GatherResult>;
}

/* ---- policy ---- */

/**
 * Evaluates the active bundle. Asynchronous, so that the engine may move to worker threads.
 * Throws CountersignError 503 on any fault.
 */
export interface PolicyDecisionPoint {
  /** Brings this node to at least this policy generation. Throws CountersignError 503 when it cannot. */
  sync(policyGeneration: number): Promise<void>;
  decide(input: PolicyInput): Promise<Evaluation>;
}

/* ---- token ---- */

export interface TokenSigner {
  /**
   * Brings the in-memory keyring to at least this generation.
   *
   * The result does not show that the keyring changed since a token was verified, since another request may have read
   * it. Compare `TokenVerifier.generation` for that.
   */
  sync(keyringGeneration: number): Promise<unknown>;
  sign(claims: TokenClaims): SignedToken;
}

export interface TokenVerifier {
  /**
   * Returns the claims of a token signed by a published key, regardless of its expiry and state; else undefined.
   * Caches verified tokens by hash.
   */
  verify(token: string): (SignedToken & { readonly claims: TokenClaims }) | undefined;
  /** Returns the keyring generation that `verify` uses. */
  generation(): number;
}

/* ---- commit, introspect, revoke ---- */

export interface CommitRequest {
  readonly agent: AgentRecord;
  readonly epoch: string;
  readonly basis: number;
  readonly generations: Generations;
  readonly claims: TokenClaims;
  readonly signed: SignedToken;
  readonly resource: string;
  readonly event: AuditEvent;
  /** JSON text of the event's `policy_input`, reused from the evaluation. */
  readonly inputText?: string | undefined;
}

export type CommitResult =
  | { readonly state: 'committed' }
  /** Epoch, generation or agent changed: gather again, once. */
  | { readonly state: 'moved'; readonly what: 'epoch' | 'generation' | 'agent' }
  /** A revocation by `dimension` covers the token. */
  | { readonly state: 'revoked'; readonly dimension: string }
  | { readonly state: 'refused'; readonly why: string };

export interface GrantCommitter {
  commit(request: CommitRequest): Promise<CommitResult>;
}

/** Records a decision without a token. `denied` counts it in the agent's denials. */
export interface DecisionRecorder {
  record(
    agentId: string,
    event: AuditEvent,
    counts: 'denied' | 'none',
    /** As in CommitRequest. */
    inputText?: string,
  ): Promise<void>;
}

/** The basis of a permit for a question; no token is issued. */
export interface EvaluationRecord {
  readonly agent: AgentRecord;
  readonly epoch: string;
  readonly basis: number;
  readonly generations: Generations;
  /** Expiry of the hypothetical token, in milliseconds of the shard's clock. */
  readonly expiresAtMs: number;
  readonly resource: string;
  readonly revision: string;
  readonly declared: Declared;
  readonly event: AuditEvent;
}

/** Records a permit unless a commit at this moment would be refused. */
export interface EvaluationRecorder {
  recordPermit(
    request: EvaluationRecord,
  ): Promise<
    | { readonly state: 'recorded' }
    | { readonly state: 'moved' }
    | { readonly state: 'revoked'; readonly dimension: string }
  >;
}

export type IntrospectionVerdict = {
  readonly active: boolean;
  readonly registryGeneration: number;
  readonly keyringGeneration: number;
  /** Id of the recorded resource; undefined when this token has no record. */
  readonly resource: string | undefined;
  /** Reason, for metrics and logs only; never part of the answer. */
  readonly why: 'active' | 'unknown' | 'hash' | 'epoch' | 'expired' | 'revoked' | 'status';
};

export interface IntrospectionStore {
  /** Checks a token. Undefined (a foreign token) costs an equal round trip and is never active. */
  check(
    token: { readonly jti: string; readonly sha256: string; readonly aud: string } | undefined,
  ): Promise<IntrospectionVerdict>;
}

/** Counts introspected uses in process and flushes them each second. Never throws. */
export interface UseCounter {
  count(claims: TokenClaims, resourceServerId: string, active: boolean): void;
}

/** Counts tokens shown to a wrong resource server, in process, flushed each second. Never throws. */
export interface MisuseCounter {
  count(claims: TokenClaims, callerId: string): void;
}

export interface RevocationStore {
  revoke(revocation: Revocation): Promise<RevocationOutcome>;
  lift(revocation: Omit<Revocation, 'denyUntilLifted'>): Promise<RevocationOutcome>;
  /** Revokes a token (RFC 7009) if the agent's record still has this version. */
  revokeOwnToken(
    agent: AgentRecord,
    jti: string,
    revocation: Revocation,
  ): Promise<'done' | 'agent_changed'>;
}

/* ---- keyring ---- */

export interface KeyringStore {
  read(): Promise<KeyringDocument | undefined>;
  /**
   * Replaces the document by compare-and-set on the generation (0: none yet) and records the events atomically.
   *
   * Raises the keyring generation of every shard before it returns true. False: the compare-and-set was lost.
   */
  replace(expected: number, next: KeyringDocument, events: readonly AuditEvent[]): Promise<boolean>;
  /** Returns the highest keyring generation of the control slot and all shards; 0 in a new store. Throws 503. */
  highestGeneration(): Promise<number>;
  /** Returns the control slot's clock, in milliseconds since the Unix epoch. */
  tickMs(): Promise<number>;
}

/** The last use of client secrets, noted once a minute. */
export interface SecretUses {
  note(clientId: string, secretId: string): Promise<void>;
  /** Returns the times of last use in milliseconds, in the order of the ids; undefined for an unused secret. */
  lastUses(
    clientId: string,
    secretIds: readonly string[],
  ): Promise<readonly (number | undefined)[]>;
}

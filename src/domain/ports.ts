import type { AuditEvent } from './audit.js';
import type { Evaluation, PolicyInput } from './policy.js';
import type { AgentRecord, ResourceRecord, ResourceServerRecord } from './records.js';
import type { Declared } from './request.js';
import type { Revocation, RevocationOutcome } from './revocation.js';
import type { Signals } from './signals.js';
import type { RateState } from './budget.js';
import type { KeyringDocument, SignedToken, TokenClaims } from './token.js';

/** Counters of what moved: a cache entry read under another generation is read again. */
export interface Generations {
  readonly registry: number;
  readonly policy: number;
  readonly keyring: number;
}

/* ---- registry ---- */

/** Agents by id. `find` may answer from a cache; `refresh` always reads the store. */
export interface AgentDirectory {
  find(id: string): Promise<AgentRecord | undefined>;
  refresh(id: string): Promise<AgentRecord | undefined>;
}

/** Resources and resource servers. Entries are cached with the registry generation they were read under. */
export interface Catalogue {
  /** By id or audience URI; undefined when there is none or it was deleted. */
  resource(idOrAudience: string): Promise<ResourceRecord | undefined>;
  resourceServer(id: string): Promise<ResourceServerRecord | undefined>;
  /** The generation entries are read under now; undefined before the first was observed. */
  generation(): number | undefined;
  /** Tells the cache which generation the store is at; returns true when cached entries went stale by it. */
  observe(registryGeneration: number): boolean;
}

/* ---- identity ---- */

/** Single use of a client assertion's `jti`, and refusal of what was made before the shard's epoch. */
export interface AssertionReplayGuard {
  /** False when it was used before, or issued before the epoch of the agent's shard began. Times in seconds. */
  consume(
    agentId: string,
    jti: string,
    issuedAtSeconds: number,
    expiresAtSeconds: number,
  ): Promise<boolean>;
}

/** A budget of failed authentications: how many at once, and how many come back in a second. */
export interface FailureBudget {
  readonly capacity: number;
  readonly perSecond: number;
}

/** One failed authentication, as all instances count it. */
export interface FailureCharge {
  /** What the source is counted under; keys of one source are in one slot. */
  readonly source: string;
  readonly budgets: { readonly pair: FailureBudget; readonly source: FailureBudget };
  /** Names of the two budgets, distinct across endpoints. */
  readonly keys: { readonly pair: string; readonly source: string };
}

/** Failures that two budgets have left after a charge; negative when overdrawn. */
export interface FailuresLeft {
  readonly pair: number;
  readonly source: number;
}

/** Failures of authentication that all instances count together. `charge` is one command; it rejects when the store is away. */
export interface SharedFailureCounter {
  charge(charge: FailureCharge): Promise<FailuresLeft>;
}

/* ---- signals (one round trip in the agent's shard) ---- */

export interface GatherRequest {
  readonly agent: AgentRecord;
  readonly resource: string;
  readonly scopes: readonly string[];
  /** How many of the scopes touch a honey entry of the resource's catalogue. */
  readonly honeyScopes: number;
  /** Units of the budgets it costs; 1 unless given. 0 leaves the budgets as they are. */
  readonly cost?: number;
  /** What the agent says it is doing: a revocation of it a moment ago is a signal. */
  readonly declared?: Declared;
  /** False on the second gather of one request; `peek` sees what counting would show, and leaves no trace. */
  readonly count: boolean | 'peek';
}

export type GatherResult =
  /** The agent's record is not the one that was authenticated: read and authenticate again. */
  | { readonly state: 'agent_changed' }
  | {
      readonly state: 'gathered';
      readonly epoch: string;
      readonly basis: number;
      /** The shard's clock, milliseconds since the Unix epoch, never going back. */
      readonly tickMs: number;
      readonly generations: Generations;
      readonly status: AgentRecord['status'];
      readonly signals: Signals;
      /** Why the state of the agent was unreadable and was reset. */
      readonly rebuilt?: string;
      readonly rate: RateState;
    };

export interface SignalGatherer {
  gather(request: GatherRequest): Promise<GatherResult>;
}

/* ---- policy ---- */

/** The active bundle. Asynchronous, so that the engine may move to worker threads. Throws CountersignError 503 on any fault. */
export interface PolicyDecisionPoint {
  /** Brings this node to at least this policy generation. Throws CountersignError 503 when it cannot decide under it. */
  sync(policyGeneration: number): Promise<void>;
  decide(input: PolicyInput): Promise<Evaluation>;
}

/* ---- token ---- */

export interface TokenSigner {
  /**
   * Brings the in-memory keyring to at least this generation. Who read it does not say whether it moved since a token
   * was verified: another request may have. `TokenVerifier.generation` does.
   */
  sync(keyringGeneration: number): Promise<unknown>;
  sign(claims: TokenClaims): SignedToken;
}

export interface TokenVerifier {
  /**
   * The claims of a token that one of our published keys signed, whatever its time and state; undefined for
   * anything else. Remembers verified tokens by hash.
   */
  verify(token: string): (SignedToken & { readonly claims: TokenClaims }) | undefined;
  /** The keyring generation that `verify` goes by now. */
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
  /** JSON text of the event's `policy_input`: it was written to be evaluated, and is not written twice. */
  readonly inputText?: string | undefined;
}

export type CommitResult =
  | { readonly state: 'committed' }
  /** Another epoch, a changed generation or a changed agent: gather again, once. */
  | { readonly state: 'moved'; readonly what: 'epoch' | 'generation' | 'agent' }
  /** A revocation covers it: `dimension` says which. */
  | { readonly state: 'revoked'; readonly dimension: string }
  | { readonly state: 'refused'; readonly why: string };

export interface GrantCommitter {
  commit(request: CommitRequest): Promise<CommitResult>;
}

/** Records a decision that ends without a token. `denied` counts it in the agent's denials. */
export interface DecisionRecorder {
  record(
    agentId: string,
    event: AuditEvent,
    counts: 'denied' | 'none',
    /** As in CommitRequest. */
    inputText?: string,
  ): Promise<void>;
}

/** What a yes to a question rests on; the token it stands for is never made. */
export interface EvaluationRecord {
  readonly agent: AgentRecord;
  readonly epoch: string;
  readonly basis: number;
  readonly generations: Generations;
  /** When that token would expire, in milliseconds of the shard's clock. */
  readonly expiresAtMs: number;
  readonly resource: string;
  readonly revision: string;
  readonly declared: Declared;
  readonly event: AuditEvent;
}

/** Records a yes, unless a commit at this moment would be refused. */
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
  /** The resource in the record, by id; undefined when there is no record of this very token. */
  readonly resource: string | undefined;
  /** For metrics and logs only; the answer never tells. */
  readonly why: 'active' | 'unknown' | 'hash' | 'epoch' | 'expired' | 'revoked' | 'status';
};

export interface IntrospectionStore {
  /** `token` undefined: a token that is not ours; costs the same round trip and is never active. */
  check(
    token: { readonly jti: string; readonly sha256: string; readonly aud: string } | undefined,
  ): Promise<IntrospectionVerdict>;
}

/** Uses seen through introspection, counted in process and flushed each second. Never throws. */
export interface UseCounter {
  count(claims: TokenClaims, resourceServerId: string, active: boolean): void;
}

/** Tokens shown to a resource server they were not made for, counted in process and flushed each second. Never throws. */
export interface MisuseCounter {
  count(claims: TokenClaims, callerId: string): void;
}

export interface RevocationStore {
  revoke(revocation: Revocation): Promise<RevocationOutcome>;
  lift(revocation: Omit<Revocation, 'denyUntilLifted'>): Promise<RevocationOutcome>;
  /** RFC 7009: only when the agent's record is still this version. */
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
   * Replaces the document when the stored generation is still `expected` (0: none yet), records the events in
   * the same step, and bumps the keyring generation of every shard before it returns true. False: lost the race.
   */
  replace(expected: number, next: KeyringDocument, events: readonly AuditEvent[]): Promise<boolean>;
  /** The control slot's clock. */
  tickMs(): Promise<number>;
}

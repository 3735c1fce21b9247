import type { SharedBudgets, SharedRate } from '../../domain/budget-ports.js';
import type { BudgetName, ScopeCosts } from '../../domain/budget.js';
import type { Clock } from '../../domain/clock.js';
import type { Effect } from '../../domain/policy.js';
import type {
  Catalogue,
  SignalGatherer,
  PolicyDecisionPoint,
  TokenSigner,
  GrantCommitter,
  DecisionRecorder,
  GatherResult,
} from '../../domain/ports.js';
import type { AgentRecord, ResourceRecord } from '../../domain/records.js';
import type { RefusalCounter } from '../../domain/refusal.js';
import type { AccessRequest, RequestContext } from '../../domain/request.js';
import type { DecisionClamp, Quarantine, StageTimer } from '../ports.js';
import type { KeepInput } from '../../domain/kept-input.js';
import type { ClientAuthenticator } from '../../domain/authentication.js';

export interface AuthorizeDeps extends SharedRateDeps {
  readonly authenticator: ClientAuthenticator;
  readonly catalogue: Catalogue;
  readonly gatherer: SignalGatherer;
  readonly policy: PolicyDecisionPoint;
  readonly clamp: DecisionClamp;
  readonly keepInput: KeepInput;
  readonly signer: TokenSigner;
  readonly committer: GrantCommitter;
  readonly recorder: DecisionRecorder;
  readonly refusals: RefusalCounter;
  readonly quarantine: Quarantine;
  readonly clock: Clock;
  readonly timer: StageTimer;
  readonly onGathered: OnGathered;
  readonly onLimited: (bucket: BudgetName | 'evaluation') => void;
  readonly onDecision: (effect: Effect | 'rate_limited') => void;
  readonly issuer: string;
  readonly shards: number;
  readonly defaultTtlSeconds: number;
  readonly maxTtlSeconds: number;
}

/** One attempt at a request, with the facts known so far. */
export interface Attempt {
  readonly request: AccessRequest;
  /** The agent's authentication method; `none` in an evaluation by another caller. */
  readonly authentication: string;
  readonly context: RequestContext;
  readonly agent: AgentRecord;
  readonly resource: ResourceRecord;
  /** The registry generation at the time of the resource's read. */
  readonly registryGeneration: number | undefined;
  readonly decisionId: string;
  /** The requested lifetime, or the default, within the service's maximum. */
  readonly ttlSeconds: number;
}

export type Gathered = Extract<GatherResult, { state: 'gathered' }>;

/** The counting of a request, once in all its rounds; an evaluation that only peeks is never counted. */
export interface Counting extends SharedCharge {
  done: boolean;
  /** The request repeats another by another method: its denial was counted. */
  repeats?: boolean;
  readonly peeks?: true;
  /** Counted, but not charged to the request budgets: evaluations have a separate budget. */
  readonly uncharged?: true;
}

/** The state behind an attempt changed: start again from the current state. */
export const MOVED = Symbol('moved');

export interface SharedRateDeps {
  readonly sharedBudgets: SharedBudgets;
  /** Returns the current costs. Throws CountersignError 503 when they are unknown. */
  readonly costs: () => ScopeCosts;
}

/** The answer of the shared budgets, kept so that a request is charged once in all its rounds. */
export interface SharedCharge {
  shared?: SharedRate | 'none';
}

/** Receives each counted request; must not throw. */
export type OnGathered = (agent: AgentRecord, gathered: Gathered) => void;

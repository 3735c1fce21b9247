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

/** One request on its way; what is known of it so far. */
export interface Attempt {
  readonly request: AccessRequest;
  /** How the agent proved who it is; `none` when somebody else asks about it. */
  readonly authentication: string;
  readonly context: RequestContext;
  readonly agent: AgentRecord;
  readonly resource: ResourceRecord;
  /** The registry generation the resource was read under. */
  readonly registryGeneration: number | undefined;
  readonly decisionId: string;
  /** What was asked, or the default, within the service's maximum. */
  readonly ttlSeconds: number;
}

export type Gathered = Extract<GatherResult, { state: 'gathered' }>;

/** A request is counted once in all its rounds; a question that only peeks is never counted. */
export interface Counting extends SharedCharge {
  done: boolean;
  readonly peeks?: true;
  /** Counted, and not charged to the budgets of requests: a question has a budget of its own. */
  readonly uncharged?: true;
}

/** What was read had changed meanwhile: start over from what is there now. */
export const MOVED = Symbol('moved');

export interface SharedRateDeps {
  readonly sharedBudgets: SharedBudgets;
  /** As they are now. Throws CountersignError 503 when nobody knows. */
  readonly costs: () => ScopeCosts;
}

/** Where the answer of the shared budgets is kept: a request is charged once in all its rounds. */
export interface SharedCharge {
  shared?: SharedRate | 'none';
}

/** Told of each request that was counted; must not throw. */
export type OnGathered = (agent: AgentRecord, gathered: Gathered) => void;

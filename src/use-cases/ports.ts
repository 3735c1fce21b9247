import type { AuditEvent } from '../domain/audit.js';
import type { Evaluation, Decision, PolicyInput } from '../domain/policy.js';
import type { AgentRecord, ResourceServerRecord } from '../domain/records.js';
import type { ClientCredential, CredentialOrigin } from '../domain/request.js';
import type { Signals } from '../domain/signals.js';

/** Client authentication. Throws `invalid_client`, the same for every cause, or `slow_down` when braked. */
export interface ClientAuthenticator {
  authenticateAgent(
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
  ): Promise<AgentRecord>;
  /** The same credential against the record as it is in the store now; an assertion already used stays good for it. */
  authenticateAgentAgain(
    credential: ClientCredential,
    alias: string | undefined,
    origin: CredentialOrigin,
  ): Promise<AgentRecord>;
  authenticateResourceServer(
    credential: ClientCredential,
    origin: CredentialOrigin,
  ): Promise<ResourceServerRecord>;
}

/** Takes from the bundle's result what is more than was asked, or longer than any cap (I3). */
export type DecisionClamp = (
  evaluation: Evaluation,
  input: PolicyInput,
  ttlCapsSeconds: readonly number[],
) => Decision;

/** What is kept of a decision's input. */
export interface KeptInput {
  /** JSON text; undefined when it is not kept. */
  readonly text: string | undefined;
  /** What the event says of it. */
  readonly note: Pick<AuditEvent, 'input_masked' | 'not_replayable'>;
}

/** Masks an input's canonical text, or says why it is not kept. Never throws. */
export type KeepInput = (inputText: string) => KeptInput;

/** Where a request spends its time; told once per stage. */
export type StageTimer = (stage: Stage, durationMs: number) => void;
export type Stage = 'authenticate' | 'gather' | 'decide' | 'sign' | 'commit' | 'record' | 'check';

/** What a decision knows of the agent it quarantines. */
export interface QuarantineOrder {
  readonly agent: AgentRecord;
  /** The policy's word for it. */
  readonly reason: string;
  readonly requestId: string;
  readonly decisionId: string;
  readonly signals: Signals;
}

/**
 * Puts an agent in quarantine because the policy said so, and cuts every token it holds; done when it resolves.
 * An agent that is not active any more is left as it is, and the answer is false. Throws CountersignError 503 when it
 * may not be done.
 */
export type Quarantine = (order: QuarantineOrder) => Promise<boolean>;

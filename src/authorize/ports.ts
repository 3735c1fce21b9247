import type { Evaluation, Decision, PolicyInput } from '../domain/policy.js';
import type { AgentRecord, ResourceServerRecord } from '../domain/records.js';
import type { ClientCredential } from '../domain/request.js';

/** Client authentication. Throws `invalid_client`, the same for every cause, or `slow_down` when braked. */
export interface ClientAuthenticator {
  authenticateAgent(
    credential: ClientCredential,
    alias: string | undefined,
    source: string,
  ): Promise<AgentRecord>;
  /** The same credential against the record as it is in the store now; an assertion already used stays good for it. */
  authenticateAgentAgain(
    credential: ClientCredential,
    alias: string | undefined,
    source: string,
  ): Promise<AgentRecord>;
  authenticateResourceServer(
    credential: ClientCredential,
    source: string,
  ): Promise<ResourceServerRecord>;
}

/** Takes from the bundle's result what is more than was asked, or longer than any cap (I3). */
export type DecisionClamp = (
  evaluation: Evaluation,
  input: PolicyInput,
  ttlCapsSeconds: readonly number[],
) => Decision;

/** Where a request spends its time; told once per stage. */
export type StageTimer = (stage: Stage, durationMs: number) => void;
export type Stage = 'authenticate' | 'gather' | 'decide' | 'sign' | 'commit' | 'record' | 'check';

/** Puts an agent in quarantine because the policy said so. */
export type Quarantine = (agent: AgentRecord, reason: string, requestId: string) => Promise<void>;

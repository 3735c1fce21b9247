import type { SignalTerm } from './signals.js';

/** One thing that an agent did, as the record has it. */
export interface ObservedEvent {
  /** 1 for a request, more for refusals that were counted together, 0 for what only follows from a request. */
  readonly requests: number;
  /** 1 when a request was denied. */
  readonly denials: 0 | 1;
  readonly resource?: string;
  readonly scopes: readonly string[];
  readonly honeyScopes: number;
  /** Resource servers that asked about a token which was not made for them. */
  readonly misuse: number;
  /** When a revocation last covered the agent, its session, task or user; 0 for never. */
  readonly revokedMs: number;
}

export interface ModelScore {
  /** In [0, 1). */
  readonly anomaly: number;
  /** Those above zero, largest first. */
  readonly terms: readonly SignalTerm[];
}

/** One agent under the model. */
export interface ModelledAgent {
  /** Takes in one event; what it answers is what the policy would have been given. */
  observe(event: ObservedEvent, nowMs: number): ModelScore;
  /** What happened of late counts no more; what was learned before stays. */
  settle(nowMs: number): void;
}

/** The anomaly model of the service over events instead of a store. Pure: no clock, no randomness. */
export interface SignalModel {
  /** An agent of which nothing was seen before `nowMs`. */
  start(nowMs: number): ModelledAgent;
}

import type { SignalTerm } from './signals.js';

/** A recorded event of an agent. */
export interface ObservedEvent {
  /** 1 for a request, more for counted refusals, 0 for a consequence of a request. */
  readonly requests: number;
  /** 1 when a request was denied. */
  readonly denials: 0 | 1;
  readonly resource?: string;
  readonly scopes: readonly string[];
  readonly honeyScopes: number;
  /** Number of resource servers that introspected a token not meant for them. */
  readonly misuse: number;
  /** Time of the last revocation of the agent, its session, task or user; 0 for never. */
  readonly revokedMs: number;
}

export interface ModelScore {
  /** In [0, 1). */
  readonly anomaly: number;
  /** Terms above zero, largest first. */
  readonly terms: readonly SignalTerm[];
}

/** The model's state of one agent. */
export interface ModelledAgent {
  /** Applies one event; returns the score that the policy would have received. */
  observe(event: ObservedEvent, nowMs: number): ModelScore;
  /** Clears recent counts and keeps the learned profile. */
  settle(nowMs: number): void;
}

/** The service's anomaly model over events instead of a store. Pure: no clock, no randomness. */
export interface SignalModel {
  /** Returns an agent without events before `nowMs`. */
  start(nowMs: number): ModelledAgent;
}

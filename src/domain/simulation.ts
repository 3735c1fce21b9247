import type { SaidTerm } from './signals.js';

/** Which events to simulate, and the thresholds to try. Times in milliseconds since the Unix epoch. */
export interface SimulationOptions {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Learned from before `sinceMs`, and not counted. */
  readonly warmUpMs: number;
  readonly stepUp: number;
  readonly quarantine: number;
}

/** The request by which an agent passed a threshold for the first time. */
export interface Crossing {
  readonly at_ms: number;
  readonly decision_id: string;
  readonly anomaly: number;
  readonly signals: readonly SaidTerm[];
}

/** An agent that would have been quarantined. */
export interface SimulatedStop extends Crossing {
  readonly agent: string;
  /** Requests after that one. */
  readonly later_requests: number;
  /** Of that one and the later ones, how many were granted and would not have been. */
  readonly denied_grants: number;
  /** Tokens it held at that moment that had not expired. */
  readonly tokens_cut: number;
}

/** An agent whose lifetimes would have been shorter. */
export interface SimulatedStepUp extends Crossing {
  readonly agent: string;
  /** Requests at or above `step_up`, before a stop. */
  readonly requests: number;
  /** Of these, how many were granted. */
  readonly grants: number;
}

/** Whom the thresholds would have stopped, and when. Wire names. */
export interface SimulationReport {
  readonly since_ms: number;
  readonly until_ms: number;
  readonly warm_up_ms: number;
  readonly step_up: number;
  readonly quarantine: number;
  /** Agents that were looked at and asked for something from `since_ms` on. */
  readonly agents: number;
  /** Events that were put through the model, those of the warm-up included. */
  readonly events: number;
  /** Agents that would have been stopped, and that would have been stepped up. */
  readonly stopped: number;
  readonly stepped_up: number;
  /** In order of time; the first thousand of each. */
  readonly stops: readonly SimulatedStop[];
  readonly step_ups: readonly SimulatedStepUp[];
  readonly events_per_second: number;
  /** Why not everything was looked at. */
  readonly ended?: 'deadline';
}

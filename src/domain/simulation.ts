import type { SaidTerm } from './signals.js';

/** The period of a simulation and the thresholds to try. Times in milliseconds since the Unix epoch. */
export interface SimulationOptions {
  readonly sinceMs: number;
  readonly untilMs: number;
  /** Learning period before `sinceMs`, not counted, in milliseconds. */
  readonly warmUpMs: number;
  readonly stepUp: number;
  readonly quarantine: number;
}

/** The first request of an agent above a threshold. */
export interface Crossing {
  readonly at_ms: number;
  readonly decision_id: string;
  readonly anomaly: number;
  readonly signals: readonly SaidTerm[];
}

/** An agent that would have been quarantined. */
export interface SimulatedStop extends Crossing {
  readonly agent: string;
  /** Requests after the crossing. */
  readonly later_requests: number;
  /** Grants from the crossing on that would have been denied. */
  readonly denied_grants: number;
  /** Unexpired tokens at the crossing. */
  readonly tokens_cut: number;
}

/** An agent that would have received shorter token lifetimes. */
export interface SimulatedStepUp extends Crossing {
  readonly agent: string;
  /** Requests at or above `step_up`, before a stop. */
  readonly requests: number;
  /** Grants among these requests. */
  readonly grants: number;
}

/** The agents that the thresholds would have stopped or stepped up. Wire names. */
export interface SimulationReport {
  readonly since_ms: number;
  readonly until_ms: number;
  readonly warm_up_ms: number;
  readonly step_up: number;
  readonly quarantine: number;
  /** Simulated agents with a request from `since_ms` on. */
  readonly agents: number;
  /** Simulated events, including the warm-up. */
  readonly events: number;
  /** Agents that would have been stopped; `stepped_up`: agents that would have been stepped up. */
  readonly stopped: number;
  readonly stepped_up: number;
  /** The first thousand stops by time; `step_ups` likewise. */
  readonly stops: readonly SimulatedStop[];
  readonly step_ups: readonly SimulatedStepUp[];
  readonly events_per_second: number;
  /** Reason why the simulation is incomplete. */
  readonly ended?: 'deadline';
}

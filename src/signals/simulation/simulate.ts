import type { StoredAuditEvent } from '../../domain/audit.js';
import type { SignalModel } from '../../domain/signal-model.js';
import type {
  SimulatedStepUp,
  SimulatedStop,
  SimulationOptions,
  SimulationReport,
} from '../../domain/simulation.js';
import { AgentRun } from './agent-run.js';
import { RevocationTimes } from './revocations.js';

/** The record as input of the simulation, with at most one page in memory. Times are inclusive. */
export interface SimulationRecord {
  /** Returns ids of agents with an event in the time, each once. */
  agentsSeen(sinceMs: number, untilMs: number): Iterable<string>;
  /** Returns requests, own evaluations, misuses and status changes of one agent, oldest first. */
  eventsOfAgent(agentId: string, sinceMs: number, untilMs: number): Iterable<StoredAuditEvent>;
  /** Returns revocations and status changes of all agents, oldest first. */
  cuts(sinceMs: number, untilMs: number): Iterable<StoredAuditEvent>;
}

export interface SimulationRun {
  readonly record: SimulationRecord;
  readonly model: SignalModel;
  readonly options: SimulationOptions;
  /** Only these agents; all of them when absent. */
  readonly only?: ReadonlySet<string>;
  /** A monotonic clock in milliseconds; the budget decides whether another agent is started. */
  readonly clock: () => number;
  readonly budgetMs: number;
  readonly onProgress?: (events: number) => void;
}

const MAX_LISTED = 1000;
const PROGRESS_EVERY = 10_000;

/**
 * Runs recorded events through the model, agent by agent, and reports which agents the thresholds
 * would have stopped.
 */
export function simulate(run: SimulationRun): SimulationReport {
  const { record, options, only, clock, budgetMs } = run;
  const { sinceMs, untilMs, warmUpMs } = options;
  const startMs = clock();
  const fromMs = Math.max(0, sinceMs - warmUpMs);
  const revocations = new RevocationTimes(record.cuts(fromMs, untilMs));
  const found = new Found();
  let ended: 'deadline' | undefined;
  const late = (): boolean => clock() - startMs > budgetMs;
  for (const agent of record.agentsSeen(sinceMs, untilMs)) {
    if (only !== undefined && !only.has(agent)) continue;
    if (late()) ended = 'deadline';
    if (ended !== undefined) break;
    const one = new AgentRun(agent, run.model, options, revocations);
    for (const event of record.eventsOfAgent(agent, fromMs, untilMs)) {
      one.take(event);
      found.events += 1;
      if (found.events % PROGRESS_EVERY !== 0) continue;
      run.onProgress?.(found.events);
      if (late()) ended = 'deadline';
      if (ended !== undefined) break;
    }
    // A partial agent would be judged on a part of its events.
    if (ended === undefined) found.take(one);
  }
  const seconds = Math.max(clock() - startMs, 1) / 1000;
  return found.report(options, Math.round(found.events / seconds), ended);
}

class Found {
  events = 0;
  private agents = 0;
  private stopped = 0;
  private steppedUp = 0;
  private readonly stops: SimulatedStop[] = [];
  private readonly stepUps: SimulatedStepUp[] = [];

  take(run: AgentRun): void {
    if (!run.hasAsked()) return;
    this.agents += 1;
    const [stop, stepUp] = [run.stopped(), run.steppedUp()];
    if (stop !== undefined) {
      this.stopped += 1;
      keep(this.stops, stop);
    }
    if (stepUp !== undefined) {
      this.steppedUp += 1;
      keep(this.stepUps, stepUp);
    }
  }

  report(
    { sinceMs, untilMs, warmUpMs, stepUp, quarantine }: SimulationOptions,
    eventsPerSecond: number,
    ended: 'deadline' | undefined,
  ): SimulationReport {
    return {
      ...{ since_ms: sinceMs, until_ms: untilMs, warm_up_ms: warmUpMs },
      ...{ step_up: stepUp, quarantine },
      agents: this.agents,
      events: this.events,
      stopped: this.stopped,
      stepped_up: this.steppedUp,
      stops: this.stops.sort(byTime).slice(0, MAX_LISTED),
      step_ups: this.stepUps.sort(byTime).slice(0, MAX_LISTED),
      events_per_second: eventsPerSecond,
      ...(ended === undefined ? {} : { ended }),
    };
  }
}

/** Keeps the earliest items: sorts and cuts at twice the listed number. */
function keep<T extends { readonly at_ms: number }>(list: T[], item: T): void {
  list.push(item);
  if (list.length < 2 * MAX_LISTED) return;
  list.sort(byTime).splice(MAX_LISTED);
}

function byTime(left: { readonly at_ms: number }, right: { readonly at_ms: number }): number {
  return left.at_ms - right.at_ms;
}

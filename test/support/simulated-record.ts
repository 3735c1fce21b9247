import type { AuditEvent, StoredAuditEvent } from '../../src/domain/audit.js';
import type { ObservedEvent, SignalModel } from '../../src/domain/signal-model.js';
import type { SimulationOptions, SimulationReport } from '../../src/domain/simulation.js';
import { simulate, type SimulationRecord } from '../../src/signals/simulation/simulate.js';

export const HOUR_MS = 3_600_000;
export const OPTIONS: SimulationOptions = {
  sinceMs: 10 * HOUR_MS,
  untilMs: 20 * HOUR_MS,
  warmUpMs: 5 * HOUR_MS,
  stepUp: 0.5,
  quarantine: 0.9,
};

/** A model with the number in the request's session as its score, which remembers what it saw. */
export class Scripted implements SignalModel {
  readonly starts: number[] = [];
  readonly settled: number[] = [];
  readonly seen: (ObservedEvent & { readonly atMs: number })[] = [];

  start(nowMs: number): ReturnType<SignalModel['start']> {
    this.starts.push(nowMs);
    return {
      observe: (event, atMs) => {
        this.seen.push({ ...event, atMs });
        const anomaly = Number(event.resource ?? 0);
        return { anomaly, terms: [{ name: 'surge', value: 9, expected: 1, score: 2 }] };
      },
      settle: (atMs) => {
        this.settled.push(atMs);
      },
    };
  }
}

let rows = 0;
/** An event of agent `a` this many hours in; a request says its score as its resource. */
export function at(hours: number, members: Partial<AuditEvent> = {}): StoredAuditEvent {
  rows += 1;
  return {
    type: 'access.granted',
    principal: { kind: 'agent', id: 'a' },
    agent_id: 'a',
    policy_revision: 'r1',
    decision_id: `dec_${String(hours)}`,
    event_id: String(rows),
    time_ms: hours * HOUR_MS,
    ...members,
  };
}

export function recordOf(events: readonly StoredAuditEvent[]): SimulationRecord {
  const within = (sinceMs: number, untilMs: number): StoredAuditEvent[] =>
    events.filter(({ time_ms: ms }) => ms >= sinceMs && ms <= untilMs);
  return {
    agentsSeen: (...times) => [...new Set(within(...times).map((e) => e.agent_id ?? ''))].sort(),
    eventsOfAgent: (id, ...times) => within(...times).filter((e) => e.agent_id === id),
    cuts: (...times) => within(...times).filter(({ type }) => !type.startsWith('access.')),
  };
}

export function simulated(
  events: readonly StoredAuditEvent[],
  more: { model?: SignalModel; only?: ReadonlySet<string>; clock?: () => number } = {},
): SimulationReport {
  const model = more.model ?? new Scripted();
  return simulate({
    record: recordOf(events),
    model,
    options: OPTIONS,
    clock: more.clock ?? (() => 0),
    budgetMs: 100,
    ...(more.only === undefined ? {} : { only: more.only }),
  });
}

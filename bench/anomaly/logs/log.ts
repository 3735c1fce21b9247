import type { GeneratedAgent, GeneratedEvent } from '../generator/types.js';

/** A line of a log as an event; `type` names the attack it belongs to, and is empty for an innocent one. */
export interface LogEvent extends GeneratedEvent {
  readonly agent: string;
  readonly type: string;
}

/** A real log, mapped to agents. */
export interface LabelledLog {
  readonly fleet: readonly GeneratedAgent[];
  /** The type of each event, agent by agent. */
  readonly types: readonly (readonly string[])[];
}

export function logOf(events: readonly LogEvent[]): LabelledLog {
  const byAgent = new Map<string, LogEvent[]>();
  for (const event of events) {
    const mine = byAgent.get(event.agent);
    if (mine === undefined) byAgent.set(event.agent, [event]);
    else mine.push(event);
  }
  const fleet: GeneratedAgent[] = [];
  const types: string[][] = [];
  for (const [id, mine] of byAgent) {
    mine.sort((a, b) => a.atMs - b.atMs);
    fleet.push({ id, pattern: 'round_the_clock', events: mine });
    types.push(mine.map(({ type }) => type));
  }
  return { fleet, types };
}

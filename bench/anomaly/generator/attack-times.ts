import type { Agent } from './agent.js';
import { ATTACKS, BENIGN, DAY_MS, HOUR_MS, PATTERNS, START_MS } from './parameters.js';
import type { Compromise, GeneratedEvent, Workload } from './types.js';

/** One compromise while its events are made. */
export interface Attack {
  readonly agent: Agent;
  readonly workload: Workload;
  readonly timing: Compromise['timing'];
  readonly foreign: boolean;
  /** When it starts, unless its kind has a reason for another time. */
  readonly fromMs: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const spanOf = (fromMs: number, forMs: number): Span => ({ fromMs, toMs: fromMs + forMs });
export const lengthMs = ({ fromMs, toMs }: Span): number => toMs - fromMs;

/** Requests a minute while it works. */
export function usualAMinute({ pattern, requestsADay }: Agent): number {
  const [start, end] = PATTERNS.office.hours;
  return requestsADay / (pattern === 'office' ? (end - start) * 60 : 24 * 60);
}

/** The start of the attack, moved to the morning of a working day when the agent keeps office hours. */
export function inHours({ agent, workload, fromMs }: Attack): number {
  if (agent.pattern !== 'office') return fromMs;
  let day = Math.floor((fromMs - START_MS) / DAY_MS);
  while (day % 7 >= 5) day++;
  if (day >= workload.warmUpDays + workload.testDays) day -= 3;
  const hour = agent.random.between(ATTACKS.officeStartHour) - agent.zoneHours;
  return START_MS + day * DAY_MS + hour * HOUR_MS;
}

/** One of the agent's requests, each as likely as any other; undefined when there is none in the time of attacks. */
export function anyRequest({ agent, workload }: Attack): GeneratedEvent | undefined {
  const testMs = START_MS + workload.warmUpDays * DAY_MS;
  const firstMs = testMs + ATTACKS.firstDay * DAY_MS;
  const lastMs = testMs + (workload.testDays - ATTACKS.lastDaysFree) * DAY_MS;
  const asked = agent.events.filter(({ atMs }) => atMs >= firstMs && atMs < lastMs);
  return asked.length === 0 ? undefined : agent.random.pick(asked);
}

/** When the agent is at work. */
export const atWork = (attack: Attack): number => anyRequest(attack)?.atMs ?? attack.fromMs;

/** A time of this day when the agent never works: at night, or furthest from any cron run. */
export function quietMs({ agent, fromMs }: Attack): number {
  const { random, pattern, cronHours, zoneHours } = agent;
  const dayMs = START_MS + Math.floor((fromMs - START_MS) / DAY_MS) * DAY_MS;
  if (pattern === 'office') {
    return dayMs + (random.between(ATTACKS.off_hours.officeHour) - zoneHours) * HOUR_MS;
  }
  const apart = (hour: number): number =>
    Math.min(...cronHours.map((run) => Math.min(Math.abs(run - hour), 24 - Math.abs(run - hour))));
  let [best, furthest] = [0, -1];
  for (let hour = 0; hour < 24; hour += 0.5) {
    if (apart(hour) > furthest) [best, furthest] = [hour, apart(hour)];
  }
  return dayMs + best * HOUR_MS;
}

/** `count` times in the span, in order: evenly drawn, or in sessions like the agent's own. */
export function moments(
  { agent, timing }: Attack,
  { fromMs, toMs }: Span,
  count: number,
): number[] {
  const { random, sessionRequests } = agent;
  const drawn: number[] = [];
  while (drawn.length < count) {
    let atMs = fromMs + random.uniform() * (toMs - fromMs);
    const size = timing === 'even' ? 1 : 1 + random.poisson(sessionRequests - 1);
    for (let at = 0; at < size && drawn.length < count; at++) {
      drawn.push(Math.min(atMs, toMs));
      atMs += random.exponential(BENIGN.sessionGapSeconds * 1000);
    }
  }
  return drawn.sort((a, b) => a - b);
}

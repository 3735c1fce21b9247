import { anyAction, anyResource, clientAt, ownScope, type Agent } from './agent.js';
import { ATTACKS, BENIGN, DAY_MS, HOUR_MS, MINUTE_MS, PATTERNS, START_MS } from './parameters.js';
import type { AttackKind, Compromise, Workload } from './types.js';

/** One compromise while its events are made. */
interface Attack {
  readonly agent: Agent;
  readonly workload: Workload;
  readonly timing: Compromise['timing'];
  readonly foreign: boolean;
  /** When it starts, unless its kind has a reason for another time. */
  readonly fromMs: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const OWN_CLIENT: readonly AttackKind[] = ['ramp', 'mimic'];

/** Compromises the agent once: adds malicious events to its own. */
export function compromise(agent: Agent, kind: AttackKind, workload: Workload): Compromise {
  const { random } = agent;
  const testMs = START_MS + workload.warmUpDays * DAY_MS;
  const startDays = Math.max(0, workload.testDays - ATTACKS.lastDaysFree - ATTACKS.firstDay);
  const timing = random.chance(ATTACKS.sessionsShare) ? 'sessions' : 'even';
  const foreign = random.chance(ATTACKS.foreignShare) && !OWN_CLIENT.includes(kind);
  const fromMs = testMs + (ATTACKS.firstDay + random.uniform() * startDays) * DAY_MS;
  const span = ATTACK[kind]({ agent, workload, timing, foreign, fromMs });
  return { kind, timing, ...span };
}

const ATTACK: Readonly<Record<AttackKind, (attack: Attack) => Span>> = {
  burst(attack) {
    const { random } = attack.agent;
    const { minutes, factor, leastAMinute } = ATTACKS.burst;
    const span = spanOf(inHours(attack), random.whole(minutes) * MINUTE_MS);
    const rate = Math.max(leastAMinute, usualAMinute(attack.agent) * random.between(factor));
    own(attack, span, random.poisson((rate * lengthMs(span)) / MINUTE_MS));
    return span;
  },
  surge(attack) {
    const { random, pattern } = attack.agent;
    const { hours, factor, officeHoursMost } = ATTACKS.surge;
    const most = pattern === 'office' ? officeHoursMost : Infinity;
    const span = spanOf(inHours(attack), Math.min(random.whole(hours), most) * HOUR_MS);
    const rate = factor * usualAMinute(attack.agent);
    own(attack, span, random.poisson((rate * lengthMs(span)) / MINUTE_MS));
    return span;
  },
  off_hours(attack) {
    const { random } = attack.agent;
    const { hours, factor, leastRequests } = ATTACKS.off_hours;
    const span = spanOf(quietMs(attack), random.between(hours) * HOUR_MS);
    const rate = factor * usualAMinute(attack.agent);
    const requests = random.poisson((rate * lengthMs(span)) / MINUTE_MS);
    own(attack, span, Math.max(leastRequests, requests));
    return span;
  },
  probing(attack) {
    const { random } = attack.agent;
    const { requests, aMinute, deniedShare } = ATTACKS.probing;
    const count = random.whole(requests);
    const span = spanOf(attack.fromMs, (count / random.between(aMinute)) * MINUTE_MS);
    const denied = random.between(deniedShare);
    moments(attack, span, count).forEach((atMs, at) => {
      add(attack, atMs, anyResource(random), `probed-${at}`, random.chance(denied));
    });
    return span;
  },
  new_scope(attack) {
    const { random, resources } = attack.agent;
    const { scopes, requestsEach, hours, deniedShare } = ATTACKS.new_scope;
    const span = spanOf(inHours(attack), hours * HOUR_MS);
    const asked: (readonly [string, string])[] = [];
    const count = random.whole(scopes);
    for (let at = 0; at < count; at++) {
      const resource = random.pick(resources);
      const requests = random.whole(requestsEach);
      for (let n = 0; n < requests; n++) asked.push([resource, `stolen-${at}`]);
    }
    moments(attack, span, asked.length).forEach((atMs) => {
      const [resource, scope] = takeAny(attack, asked);
      add(attack, atMs, resource, scope, random.chance(deniedShare));
    });
    return span;
  },
  ramp(attack) {
    const { workload, agent } = attack;
    const { growthADay, firstDays, lagMinutes } = ATTACKS.ramp;
    const testMs = START_MS + workload.warmUpDays * DAY_MS;
    const fromMs = testMs + agent.random.uniform() * firstDays * DAY_MS;
    const span = { fromMs, toMs: testMs + workload.testDays * DAY_MS };
    shadow(attack, span, lagMinutes, (atMs) => (1 + growthADay) ** ((atMs - fromMs) / DAY_MS) - 1);
    return span;
  },
  spread(attack) {
    const { random, resources } = attack.agent;
    const { resources: range, ownShare, requestsEach, hours, deniedShare } = ATTACKS.spread;
    const span = spanOf(inHours(attack), hours * HOUR_MS);
    const asked: (readonly [string, string])[] = [];
    const count = random.whole(range);
    for (let at = 0; at < count; at++) {
      const resource = random.chance(ownShare) ? random.pick(resources) : anyResource(random);
      const requests = random.whole(requestsEach);
      for (let n = 0; n < requests; n++) asked.push([resource, anyAction(random)]);
    }
    moments(attack, span, asked.length).forEach((atMs) => {
      const [resource, scope] = takeAny(attack, asked);
      add(attack, atMs, resource, scope, random.chance(deniedShare));
    });
    return span;
  },
  mimic(attack) {
    const { days, share, lagMinutes } = ATTACKS.mimic;
    const span = spanOf(attack.fromMs, days * DAY_MS);
    shadow(attack, span, lagMinutes, () => share);
    return span;
  },
};

const spanOf = (fromMs: number, forMs: number): Span => ({ fromMs, toMs: fromMs + forMs });
const lengthMs = ({ fromMs, toMs }: Span): number => toMs - fromMs;

/** Requests a minute while it works. */
function usualAMinute({ pattern, requestsADay }: Agent): number {
  const [start, end] = PATTERNS.office.hours;
  return requestsADay / (pattern === 'office' ? (end - start) * 60 : 24 * 60);
}

/** The start of the attack, moved to the morning of a working day when the agent keeps office hours. */
function inHours({ agent, workload, fromMs }: Attack): number {
  if (agent.pattern !== 'office') return fromMs;
  let day = Math.floor((fromMs - START_MS) / DAY_MS);
  while (day % 7 >= 5) day++;
  if (day >= workload.warmUpDays + workload.testDays) day -= 3;
  const hour = agent.random.between(ATTACKS.officeStartHour) - agent.zoneHours;
  return START_MS + day * DAY_MS + hour * HOUR_MS;
}

/** A time of the same day when the agent never works: at night, or furthest from any cron run. */
function quietMs({ agent, fromMs }: Attack): number {
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
function moments({ agent, timing }: Attack, { fromMs, toMs }: Span, count: number): number[] {
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

/** Requests for the agent's own scopes. */
function own(attack: Attack, span: Span, count: number): void {
  for (const atMs of moments(attack, span, count)) addOwn(attack, atMs);
}

/** Adds to each of the agent's requests a share of one more, a little later; in sessions, a whole one now and then. */
function shadow(
  attack: Attack,
  { fromMs, toMs }: Span,
  lagMinutes: number,
  shareAt: (atMs: number) => number,
): void {
  const { agent, timing } = attack;
  const { random, sessionRequests } = agent;
  const size = timing === 'even' ? 1 : sessionRequests;
  for (const { atMs } of [...agent.events]) {
    if (atMs < fromMs || atMs >= toMs) continue;
    const sessions = random.poisson(shareAt(atMs) / size);
    for (let at = 0; at < sessions; at++) {
      let extraMs = atMs + random.exponential(lagMinutes * MINUTE_MS);
      const requests = timing === 'even' ? 1 : 1 + random.poisson(size - 1);
      for (let n = 0; n < requests; n++) {
        addOwn(attack, Math.min(toMs - 1, extraMs));
        extraMs += random.exponential(BENIGN.sessionGapSeconds * 1000);
      }
    }
  }
}

function takeAny(
  { agent }: Attack,
  asked: (readonly [string, string])[],
): readonly [string, string] {
  const at = agent.random.whole([0, asked.length - 1]);
  const [taken] = asked.splice(at, 1);
  if (taken === undefined) throw new RangeError('more times than requests');
  return taken;
}

function addOwn(attack: Attack, atMs: number): void {
  const { resource, scope } = ownScope(attack.agent);
  add(attack, atMs, resource, scope, attack.agent.random.chance(attack.agent.deniedShare));
}

function add(
  { agent, foreign }: Attack,
  atMs: number,
  resource: string,
  scope: string,
  denied: boolean,
): void {
  const client = foreign ? 'foreign' : clientAt(agent, atMs);
  agent.events.push({
    ...{ atMs: Math.floor(atMs), resource, scope, client, denied, malicious: true },
  });
}

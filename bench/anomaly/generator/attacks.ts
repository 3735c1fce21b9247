import { anyAction, anyResource, type Agent } from './agent.js';
import { add, own, shadow, takeAny } from './attack-requests.js';
import {
  inHours,
  lengthMs,
  moments,
  quietMs,
  spanOf,
  usualAMinute,
  type Attack,
  type Span,
} from './attack-times.js';
import { EVIDENCE_ATTACK } from './evidence.js';
import { ATTACKS, DAY_MS, HOUR_MS, MINUTE_MS, START_MS } from './parameters.js';
import {
  EVIDENCE_KINDS,
  type AttackKind,
  type Compromise,
  type USAGE_KINDS,
  type Workload,
} from './types.js';

const OWN_CLIENT: readonly AttackKind[] = ['ramp', 'mimic', ...EVIDENCE_KINDS];

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

type UsageKind = (typeof USAGE_KINDS)[number];

const USAGE_ATTACK: Readonly<Record<UsageKind, (attack: Attack) => Span>> = {
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

const ATTACK = { ...USAGE_ATTACK, ...EVIDENCE_ATTACK };

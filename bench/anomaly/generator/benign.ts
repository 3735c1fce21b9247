import { anyResource, clientAt, ownScope, type Agent } from './agent.js';
import { BENIGN, DAY_MS, HOUR_MS, MINUTE_MS, PATTERNS, START_MS } from './parameters.js';

/** Adds the usual events of all days. */
export function liveDays(agent: Agent, days: number): void {
  for (let day = 0; day < days; day++) liveDay(agent, day);
}

function liveDay(agent: Agent, day: number): void {
  const { random, pattern } = agent;
  const startMs = START_MS + day * DAY_MS;
  change(agent, startMs, day);
  let factor = random.gamma(1, BENIGN.dayDeviation) * (1 + agent.growthADay) ** day;
  if (startMs >= agent.newJobMs) factor *= BENIGN.newJobFactor;
  if (agent.daysOff.has(day)) {
    if (pattern === 'office') return;
    factor *= BENIGN.dayOffFactor;
  }
  DAYS[pattern](agent, startMs, agent.requestsADay * factor, day);
}

/** Deployments, new scopes, and those of a new job. */
function change(
  { random, deployments, scopes, resources, newJobMs }: Agent,
  atMs: number,
  day: number,
): void {
  if (random.chance(BENIGN.deployChanceADay)) {
    deployments.push({ fromMs: atMs, client: `client-${deployments.length}` });
  }
  if (random.chance(BENIGN.newScopeChanceADay)) {
    const weight = random.pick(scopes).weight * BENIGN.newScopeWeight;
    scopes.push({ resource: random.pick(resources), scope: `adopted-${day}`, weight });
  }
  if (newJobMs >= atMs && newJobMs < atMs + DAY_MS) {
    const resource = random.chance(0.5) ? random.pick(resources) : anyResource(random);
    for (let at = random.whole(BENIGN.newJobScopes); at > 0; at--) {
      scopes.push({ resource, scope: `job-${at}`, weight: random.pick(scopes).weight });
    }
  }
}

type LiveDay = (agent: Agent, startMs: number, requests: number, day: number) => void;

const DAYS: Readonly<Record<Agent['pattern'], LiveDay>> = {
  office: officeDay,
  round_the_clock: roundTheClockDay,
  cron: cronDay,
  batch: batchDay,
};

function officeDay(agent: Agent, startMs: number, requests: number, day: number): void {
  const { random, zoneHours, winterMs, sessionRequests } = agent;
  const { office } = PATTERNS;
  let factor = 1;
  if (day % 7 >= 5) factor = random.chance(office.weekendChance) ? office.weekendFactor : 0;
  const sessions = random.poisson((requests * factor) / sessionRequests);
  // An hour of winter time is an hour later in UTC.
  const shiftMs = startMs >= winterMs ? HOUR_MS : 0;
  for (let at = 0; at < sessions; at++) {
    let hour = random.between(office.hours);
    const [lunch, afterLunch] = office.lunch;
    if (hour > lunch && hour < afterLunch && random.chance(office.lunchMovedShare)) {
      hour += office.lunchMovedHours;
    }
    if (random.chance(office.lateShare)) hour = random.between(office.lateHours);
    session(agent, startMs + (hour - zoneHours) * HOUR_MS + shiftMs, sessionRequests);
  }
}

function roundTheClockDay(agent: Agent, startMs: number, requests: number): void {
  const { random, sessionRequests } = agent;
  const { peakHour, swing } = PATTERNS.round_the_clock;
  const sessions = random.poisson(requests / sessionRequests);
  for (let at = 0; at < sessions; at++) {
    let hour = 24 * random.uniform();
    const kept = 1 - swing + swing * Math.cos(((hour - peakHour) / 24) * 2 * Math.PI);
    if (!random.chance(kept)) hour = 24 * random.uniform();
    session(agent, startMs + hour * HOUR_MS, sessionRequests);
  }
}

function cronDay(agent: Agent, startMs: number, requests: number): void {
  const { random, cronHours } = agent;
  for (const hour of cronHours) {
    if (random.chance(PATTERNS.cron.skippedShare)) continue;
    const jitterMs = random.normal() * PATTERNS.cron.jitterMinutes * MINUTE_MS;
    session(agent, startMs + hour * HOUR_MS + jitterMs, requests / cronHours.length);
  }
}

function batchDay(agent: Agent, startMs: number, requests: number): void {
  const { random } = agent;
  const { batch } = PATTERNS;
  const jobs = random.poisson(batch.jobsADay);
  for (let job = 0; job < jobs; job++) {
    const jobMs = startMs + random.uniform() * batch.latestStartHour * HOUR_MS;
    const size = random.poisson(requests * random.gamma(batch.jobMean, batch.jobDeviation));
    const task = nextTask(agent);
    for (let at = 0; at < size; at++) {
      request(agent, task, jobMs + random.uniform() * batch.jobMinutes * MINUTE_MS);
    }
  }
  const between = random.poisson((agent.requestsADay * batch.betweenShare) / batch.betweenRequests);
  for (let at = 0; at < between; at++) {
    session(agent, startMs + random.uniform() * DAY_MS, batch.betweenRequests);
  }
}

/** A number no other task of the agent has. */
const nextTask = ({ events }: Agent): number => events.length;

function session(agent: Agent, startMs: number, size: number): void {
  const { random } = agent;
  const requests = 1 + random.poisson(Math.max(0, size - 1));
  const task = nextTask(agent);
  let atMs = startMs;
  for (let at = 0; at < requests; at++) {
    request(agent, task, atMs);
    atMs += random.exponential(BENIGN.sessionGapSeconds * 1000);
  }
}

/** One request for one of the agent's scopes; when it is denied, perhaps retries. */
function request(agent: Agent, task: number, atMs: number): void {
  const { random, events } = agent;
  const { resource, scope } = ownScope(agent);
  const client = clientAt(agent, atMs);
  const add = (when: number, denied: boolean): void => {
    events.push({
      ...{ atMs: Math.floor(when), resource, scope, client, denied, malicious: false, task },
    });
  };
  const denied = random.chance(agent.deniedShare);
  add(atMs, denied);
  if (!denied || !random.chance(BENIGN.retriedShare)) return;
  const retries = random.whole(BENIGN.retries);
  let retryMs = atMs;
  for (let at = 0; at < retries; at++) {
    retryMs += random.exponential(BENIGN.retryGapSeconds * 1000);
    add(retryMs, random.chance(BENIGN.retryDeniedShare));
  }
}

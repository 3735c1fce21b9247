import { BENIGN, DAY_MS, PATTERNS, START_MS } from './parameters.js';
import type { Random } from './random.js';
import type { GeneratedEvent, Misuse, Pattern, Workload } from './types.js';

export interface OwnScope {
  readonly resource: string;
  readonly scope: string;
  readonly weight: number;
}

/** An agent while its events are made. */
export interface Agent {
  readonly id: string;
  readonly pattern: Pattern;
  readonly random: Random;
  readonly requestsADay: number;
  readonly resources: readonly string[];
  /** Grows as new scopes are taken into use. */
  readonly scopes: OwnScope[];
  readonly zoneHours: number;
  /** When the clock changes to winter time; Infinity where it never does. */
  readonly winterMs: number;
  readonly deniedShare: number;
  readonly replicas: number;
  readonly newJobMs: number;
  readonly growthADay: number;
  readonly daysOff: ReadonlySet<number>;
  readonly cronHours: readonly number[];
  readonly sessionRequests: number;
  /** The deployment that runs from a time on, oldest first. */
  readonly deployments: { readonly fromMs: number; readonly client: string }[];
  readonly events: GeneratedEvent[];
  readonly misuses: Misuse[];
}

const CATALOGUE = Array.from({ length: BENIGN.catalogueResources }, (_, at) => `resource-${at}`);
/** Names a scope can have on any resource. */
const ACTIONS = 61;

export const anyResource = (random: Random): string => random.pick(CATALOGUE);
export const anyAction = (random: Random): string => `action-${random.whole([0, ACTIONS - 1])}`;

/** A scope that the catalogue of any resource marks as a trap. */
export const anyTrap = (random: Random): string =>
  `trap-${random.whole([1, BENIGN.trapsOfAResource])}`;

const times = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

function patternOf(random: Random): Pattern {
  let rest = random.uniform();
  for (const [pattern, share] of Object.entries(BENIGN.patterns)) {
    rest -= share;
    if (rest < 0) return pattern as Pattern;
  }
  return 'batch';
}

/** Draws an agent; `only` limits what pattern it can have. */
export function drawAgent(
  id: string,
  random: Random,
  workload: Workload,
  only?: readonly Pattern[],
): Agent {
  let pattern = patternOf(random);
  while (only !== undefined && !only.includes(pattern)) pattern = patternOf(random);
  const days = workload.warmUpDays + workload.testDays;
  const testMs = START_MS + workload.warmUpDays * DAY_MS;
  const [least, most] = BENIGN.requestsADayBounds;
  const volume = Math.exp(
    Math.log(BENIGN.requestsADayMedian) + BENIGN.requestsADayLogDeviation * random.normal(),
  );
  const resources = times(random.whole(BENIGN.resources), () => anyResource(random));
  const zoneHours = random.pick(BENIGN.zoneHours);
  const winterMs = testMs + random.whole(BENIGN.daylightChangeDay) * DAY_MS;
  const daylight: readonly number[] = BENIGN.daylightZoneHours;
  return {
    ...{ id, pattern, random, resources, zoneHours },
    requestsADay: Math.min(most, Math.max(least, volume)),
    scopes: times(random.whole(BENIGN.scopes), (at) => ({
      resource: resources[at % resources.length] ?? '',
      scope: anyAction(random),
      weight: 1 / (at + 1) ** BENIGN.scopeExponent,
    })),
    winterMs: daylight.includes(zoneHours) ? winterMs : Infinity,
    deniedShare: random.between(BENIGN.deniedShare),
    replicas: random.chance(BENIGN.replicatedShare) ? random.whole(BENIGN.replicas) : 1,
    newJobMs: random.chance(BENIGN.newJobShare)
      ? testMs + random.uniform() * workload.testDays * DAY_MS
      : Infinity,
    growthADay: random.chance(BENIGN.growingShare) ? BENIGN.growthADay : 0,
    daysOff: new Set(times(days, (day) => day).filter(() => random.chance(BENIGN.dayOffChance))),
    cronHours: times(random.whole(PATTERNS.cron.runsADay), () => random.uniform() * 24),
    sessionRequests: 2 + random.exponential(BENIGN.sessionRequestsBeyondTwo),
    deployments: [{ fromMs: START_MS, client: 'client-0' }],
    ...{ events: [], misuses: [] },
  };
}

/** One of the agent's scopes, as often as it uses them. */
export function ownScope({ scopes, random }: Agent): OwnScope {
  let total = 0;
  for (const { weight } of scopes) total += weight;
  let rest = random.uniform() * total;
  for (const scope of scopes) {
    rest -= scope.weight;
    if (rest <= 0) return scope;
  }
  return random.pick(scopes);
}

/** The client fingerprint at a time: that of the deployment then running, and of one of its replicas. */
export function clientAt({ deployments, replicas, random }: Agent, atMs: number): string {
  const running = deployments.findLast(({ fromMs }) => fromMs <= atMs) ?? deployments[0];
  const client = running?.client ?? '';
  return replicas > 1 ? `${client}-${random.whole([1, replicas])}` : client;
}

/** Takes away what the agent would have asked for in the task of a request after it: the task was ended. */
export function endTask({ events }: Agent, { task, atMs }: GeneratedEvent): void {
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    if (event?.task === task && event?.malicious === false && event.atMs > atMs) {
      events.splice(at, 1);
    }
  }
}

import type { Pattern } from './types.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The first day: Monday 12 October 2026, 00:00 UTC. Two weeks later Europe and America change their clocks. */
export const START_MS = Date.UTC(2026, 9, 12);

/** Every parameter of an agent's usual behaviour. Ranges are uniform, ends included. docs/operate/anomaly.md prints this table. */
export const BENIGN = {
  /** Share of the agents of each pattern. */
  patterns: { office: 0.45, round_the_clock: 0.25, cron: 0.15, batch: 0.15 } satisfies Record<
    Pattern,
    number
  >,
  /** Median of the log-normal number of requests a day, the deviation of its logarithm, and its bounds. */
  requestsADayMedian: 60,
  requestsADayLogDeviation: 1,
  requestsADayBounds: [8, 800],
  /** Deviation of a day's volume from the usual one, as a share of it (gamma). */
  dayDeviation: 0.25,
  /** Resources of the whole fleet, and of one agent. */
  catalogueResources: 40,
  resources: [1, 6],
  /** Scopes an agent asks for; the k-th most frequent one has weight 1 / k^1.1. */
  scopes: [3, 25],
  scopeExponent: 1.1,
  /** Offsets from UTC, in hours; the agents of the first four change to winter time in the test. */
  zoneHours: [-8, -5, 0, 1, 1, 5.5, 9],
  daylightZoneHours: [-8, -5, 0, 1],
  /** Days after the warm-up on which the clock changes. */
  daylightChangeDay: [1, 12],
  /** Mean requests of a session are 2 more than an exponential of this mean; seconds between two of them. */
  sessionRequestsBeyondTwo: 5,
  sessionGapSeconds: 40,
  /** Share of an agent's requests that are denied; share of those that are retried, how often, how fast, and how often in vain. */
  deniedShare: [0.005, 0.03],
  retriedShare: 0.4,
  retries: [2, 8],
  retryGapSeconds: 4,
  retryDeniedShare: 0.5,
  /** Share of the agents that run as several replicas, each with a separate client fingerprint. */
  replicatedShare: 0.3,
  replicas: [2, 4],
  /** Chance a day of a deployment (every client fingerprint changes), and of a new scope taken into use for good. */
  deployChanceADay: 1 / 18,
  newScopeChanceADay: 1 / 10,
  /** A new scope is asked for half as often as a random old one. */
  newScopeWeight: 0.5,
  /** Share of the agents that are given a new job in the test, and what it multiplies their volume by. */
  newJobShare: 0.06,
  newJobFactor: 1.5,
  /** Scopes a new job needs that the agent never used, on a resource that may be new to it. */
  newJobScopes: [2, 4],
  /** Share of the agents that grow, and by how much a day. */
  growingShare: 0.1,
  growthADay: 0.01,
  /** Chance that a day is a day off: none of an office agent's work, half of every other's. */
  dayOffChance: 0.02,
  dayOffFactor: 0.5,
  /** Scopes of a resource's catalogue that are traps, and the chance a day that an agent names one by mistake. */
  trapsOfAResource: 3,
  mistakenTrapChanceADay: 1 / 300,
  /** Chance a day that an operator ends one of the agent's tasks (a session, run or job) midway; the number of retries of the agent, and their delay. */
  endedTaskChanceADay: 1 / 60,
  endedTaskRetries: [1, 2],
  endedTaskRetrySeconds: 60,
  /** Chance a day that a gateway asks the wrong resource server about one of the agent's tokens, once; minutes after its request. */
  misroutedChanceADay: 1 / 300,
  misroutedMinutes: [0, 5],
} as const;

/** The hours of each pattern. */
export const PATTERNS = {
  office: {
    /** Local hours of work; most of lunch is moved to the afternoon; a little is done late. */
    hours: [8.5, 17.5],
    lunch: [12, 13],
    lunchMovedShare: 0.6,
    lunchMovedHours: 3,
    lateShare: 0.02,
    lateHours: [18, 21],
    /** Chance that a day of a weekend is worked at all, and how much of a day's volume it has. */
    weekendChance: 0.1,
    weekendFactor: 0.05,
  },
  /** The volume swings around its mean with a peak at this hour (UTC). */
  round_the_clock: { peakHour: 15, swing: 0.25 },
  /** Runs a day, minutes around their time (deviation), and the share that is left out. */
  cron: { runsADay: [1, 8], jitterMinutes: 2, skippedShare: 0.02 },
  batch: {
    /** Jobs a day (Poisson), their size as a multiple of a day's requests (gamma), and how long one takes. */
    jobsADay: 0.7,
    jobMean: 1.2,
    jobDeviation: 0.7,
    jobMinutes: 40,
    latestStartHour: 22,
    /** What is asked between the jobs: sessions of three, a tenth of the volume. */
    betweenShare: 0.1,
    betweenRequests: 3,
  },
} as const;

/** Every parameter of the compromises. */
export const ATTACKS = {
  /** Share of the compromises with requests in sessions like the agent's own. */
  sessionsShare: 0.5,
  /** Share that works from elsewhere, with a new client fingerprint; of the kinds that have a choice. */
  foreignShare: 0.2,
  /** A compromise starts this many days after the warm-up, at the earliest, and before the end, at the latest. */
  firstDay: 0.5,
  lastDaysFree: 1.5,
  /** Local hour at which those that keep to office hours start. */
  officeStartHour: [9, 11],
  /** 10 to 40 times the usual rate, and at least 6 a minute. */
  burst: { minutes: [10, 30], factor: [10, 40], leastAMinute: 6 },
  /** As much again as is usual: twice the volume. */
  surge: { hours: [6, 12], factor: 1, officeHoursMost: 7.5 },
  /** Half the usual rate when the agent never works; at least six requests. */
  off_hours: { hours: [1, 4], factor: 0.5, leastRequests: 6, officeHour: [0, 4] },
  /** Requests for scopes the agent does not hold, over all resources. */
  probing: { requests: [20, 80], aMinute: [2, 8], deniedShare: [0.6, 0.95] },
  /** Scopes the agent holds but never used. */
  new_scope: { scopes: [2, 5], requestsEach: [1, 6], hours: 2, deniedShare: 0.05 },
  /** Volume grows by this share a day. */
  ramp: { growthADay: 0.1, firstDays: 2, lagMinutes: 20 },
  /** Many resources in an hour, most of them new to the agent. */
  spread: { resources: [6, 15], ownShare: 0.3, requestsEach: [1, 3], hours: 1, deniedShare: 0.15 },
  /** Adds this share of the agent's own requests, like them in every way: no count detects them. */
  mimic: { days: 2, share: 0.15, lagMinutes: 10 },
  /** Looks through what it finds for an hour, at half its usual rate; some of what it asks for are traps. */
  honey: { traps: [1, 3], factor: 0.5, hours: 1 },
  /** Hands tokens on: resource servers they are not for ask about them, within the lifetime of a token; its own requests go on. */
  passed_on: { introspections: [1, 5], servers: [1, 2], withinMinutes: 15, hours: 1 },
  /** Continues to ask after its task was ended. */
  revoked: { requests: [3, 12], withinMinutes: 15 },
  /** Works from elsewhere while the agent works: this share of the agent's own requests in addition, for scopes it uses. */
  stolen: { hours: [2, 6], share: [0.5, 1], lagMinutes: 10, leastRequests: 3 },
} as const;

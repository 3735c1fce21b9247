import { HOUR_CELLS, HOUR_MEMORY, MEAN_MEMORY, NEIGHBOUR, SHRINK } from './constants.js';

/** The profile of each hour of the week: means per cell, in steps of their square root, and cells seen. */
export interface LearnedProfile {
  /** Requests a cell: (n / 4096)². */
  readonly requests: number[];
  /** Share of cells with a request: (n / 65536)². */
  readonly activity: number[];
  readonly cells: number[];
  requestsMean: number;
  activityMean: number;
  cellsSeen: number;
}

const REQUESTS_STEPS = 4096;
const REQUESTS_MAX = 2 ** 24 - 1;
const ACTIVITY_STEPS = 65535;
/** Lower bound of an expectation: otherwise a single request would be infinitely surprising. */
const REQUESTS_FLOOR = 0.002;
const ACTIVITY_FLOOR = 0.001;

export function emptyProfile(): LearnedProfile {
  const zeros = (): number[] => Array<number>(HOUR_CELLS).fill(0);
  return {
    ...{ requests: zeros(), activity: zeros(), cells: zeros() },
    ...{ requestsMean: 0, activityMean: 0, cellsSeen: 0 },
  };
}

/**
 * Returns the hour of the week of a ten-minute cell: 0 to 23 on weekdays, 24 to 47 at the weekend,
 * UTC.
 */
export function hourOf(cell: number): number {
  // 1 January 1970 was a Thursday.
  const day = (Math.floor(cell / 144) + 4) % 7;
  return (day === 0 || day === 6 ? 24 : 0) + (Math.floor(cell / 6) % 24);
}

export function expectedRequests(profile: LearnedProfile, hour: number): number {
  const { requests, cells, requestsMean } = profile;
  return around(requests, cells, requestsMean, hour, REQUESTS_STEPS, REQUESTS_FLOOR);
}

export function expectedActivity(profile: LearnedProfile, hour: number): number {
  const { activity, cells, activityMean } = profile;
  return around(activity, cells, activityMean, hour, ACTIVITY_STEPS, ACTIVITY_FLOOR);
}

/** Returns the largest of an hour and half of its neighbours, each shrunk to the overall mean. */
function around(
  values: readonly number[],
  cells: readonly number[],
  mean: number,
  hour: number,
  steps: number,
  floor: number,
): number {
  const base = hour >= 24 ? 24 : 0;
  const shrunk = (at: number): number => {
    const root = (values[at] ?? 0) / steps;
    const seen = cells[at] ?? 0;
    return (SHRINK * mean + seen * (root * root)) / (SHRINK + seen);
  };
  const before = NEIGHBOUR * shrunk(base + ((hour - base + 23) % 24));
  const after = NEIGHBOUR * shrunk(base + ((hour - base + 1) % 24));
  return Math.max(shrunk(hour), before, after, floor);
}

/** Learns one cell: `requests` winsorised by the caller, `active` 1 or 0. */
export function learnCell(
  profile: LearnedProfile,
  hour: number,
  requests: number,
  active: number,
): void {
  const seen = Math.min((profile.cells[hour] ?? 0) + 1, HOUR_MEMORY);
  profile.cells[hour] = seen;
  profile.requests[hour] = Math.min(
    moved(profile.requests[hour] ?? 0, REQUESTS_STEPS, requests, seen),
    REQUESTS_MAX,
  );
  profile.activity[hour] = moved(profile.activity[hour] ?? 0, ACTIVITY_STEPS, active, seen);
  profile.cellsSeen = Math.min(profile.cellsSeen + 1, MEAN_MEMORY);
  profile.requestsMean += (requests - profile.requestsMean) / profile.cellsSeen;
  profile.activityMean += (active - profile.activityMean) / profile.cellsSeen;
}

function moved(value: number, steps: number, observed: number, seen: number): number {
  const root = value / steps;
  const mean = root * root;
  const next = mean + (observed - mean) / seen;
  return Math.floor(Math.sqrt(next) * steps + 0.5);
}

import { emptyState } from '../../../src/signals/model/state.js';
import { expectedRequests, hourOf } from '../../../src/signals/model/profile.js';
import { observe } from '../../../src/signals/model/observe.js';
import { requestOf } from '../detectors/countersign.js';
import { generateAgent } from '../generator/generate.js';
import { DAY_MS, HOUR_MS, START_MS } from '../generator/parameters.js';
import type { GeneratedAgent, Workload } from '../generator/types.js';
import { placeIn, yMarks, type Frame } from './frame.js';
import { circle, line, picture, polygon, polyline, rect, text } from './svg.js';

const WORKLOAD: Workload = {
  ...{ seed: 1, agents: 400, warmUpDays: 14, testDays: 14, compromisedShare: 0.25 },
};
const HOURS = 7 * 24;
const COUNTS: Frame = { left: 60, top: 60, width: 880, height: 170 };
const SCORES: Frame = { left: 60, top: 265, width: 880, height: 90 };

interface Week {
  readonly fromMs: number;
  readonly seen: readonly number[];
  readonly expected: readonly number[];
  /** How far beyond it is usual: two deviations. */
  readonly band: readonly number[];
  readonly anomalies: readonly number[];
}

/** The first office agent of the fleet with a surge that the score sees at the step-up threshold. */
function surgedAgent(stepUp: number): { agent: GeneratedAgent; week: Week } | undefined {
  for (let number = 1; number < 100; number += 8) {
    const agent = generateAgent(WORKLOAD, number);
    const { compromise } = agent;
    if (agent.pattern !== 'office' || compromise === undefined) continue;
    const week = weekOf(agent, compromise.fromMs);
    const from = Math.floor((compromise.fromMs - week.fromMs) / HOUR_MS);
    const during = week.anomalies.slice(from, from + 12);
    if (Math.max(...during) >= stepUp) return { agent, week };
  }
  return undefined;
}

/** Hour by hour, the calendar week that `atMs` is in. */
function weekOf(agent: GeneratedAgent, atMs: number): Week {
  const fromMs = START_MS + Math.floor((atMs - START_MS) / (7 * DAY_MS)) * 7 * DAY_MS;
  const zeros = (): number[] => Array<number>(HOURS).fill(0);
  const week = { fromMs, seen: zeros(), expected: zeros(), band: zeros(), anomalies: zeros() };
  const state = emptyState(agent.events[0]?.atMs ?? 0);
  const expect = (until: number): void => {
    for (let hour = next; hour <= Math.min(until, HOURS - 1); hour++) {
      const cell = expectedRequests(state.profile, hourOf((fromMs + hour * HOUR_MS) / 600_000));
      week.expected[hour] = 6 * cell;
      week.band[hour] = 6 * cell + 2 * Math.sqrt(6 * cell * Math.max(1, state.spread10m));
    }
    next = Math.max(next, until + 1);
  };
  let next = 0;
  for (const event of agent.events) {
    const hour = Math.floor((event.atMs - fromMs) / HOUR_MS);
    if (hour >= HOURS) break;
    const { anomaly } = observe(state, requestOf(event), event.atMs);
    if (hour < 0) continue;
    expect(hour);
    week.seen[hour] = (week.seen[hour] ?? 0) + 1;
    week.anomalies[hour] = Math.max(week.anomalies[hour] ?? 0, anomaly);
  }
  expect(HOURS - 1);
  return week;
}

/** One agent's week: what it asked for, what was expected of it, and what the score made of it. */
export function weekPlot(stepUp: number): string | undefined {
  const found = surgedAgent(stepUp);
  if (found === undefined) return undefined;
  const { agent, week } = found;
  const most = Math.ceil(Math.max(...week.seen, ...week.band) / 10) * 10;
  const [counts, scores] = [placeIn(COUNTS), placeIn(SCORES)];
  const x = (hour: number): number => hour / HOURS;
  const curve = (values: readonly number[]): (readonly [number, number])[] =>
    values.map((value, hour) => counts(x(hour + 0.5), value / most));
  const { fromMs: attackMs = 0, toMs = 0 } = agent.compromise ?? {};
  const start = counts(x((attackMs - week.fromMs) / HOUR_MS), 1);
  const end = counts(x((toMs - week.fromMs) / HOUR_MS), 1);
  const alerts = week.anomalies.flatMap((anomaly, hour) =>
    anomaly >= stepUp ? [circle(scores(x(hour + 0.5), anomaly), 4, '#d55e00')] : [],
  );
  return picture(960, 400, 'A week of an office agent, and a surge', [
    rect(start, end[0] - start[0], COUNTS.height + SCORES.height + 35, '#fbe3d6'),
    ...yMarks(
      COUNTS,
      [0, 0.5, 1].map((at) => ({ at, label: String(most * at) })),
    ),
    ...yMarks(
      SCORES,
      [0, 0.5, 1].map((at) => ({ at, label: String(at) })),
    ),
    polygon([counts(0, 0), ...curve(week.band), counts(1, 0)], '#cfe3f1'),
    polyline(curve(week.expected), '#0072b2', 1.5),
    polyline(curve(week.seen), '#333', 1.5),
    text(
      [60, 50],
      'requests an hour: seen (black), expected (blue), two deviations more (area); the surge is shaded',
    ),
    text([60, 257], `anomaly: the highest of each hour, and the step-up threshold of ${stepUp}`),
    line(scores(0, stepUp), scores(1, stepUp), '#d55e00'),
    ...week.anomalies.flatMap((anomaly, hour) =>
      anomaly > 0
        ? [line(scores(x(hour + 0.5), 0), scores(x(hour + 0.5), anomaly), '#555', 3)]
        : [],
    ),
    ...alerts,
    ...['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'].map((day, at) =>
      text([60 + (880 * (at + 0.5)) / 7, 376], day, { anchor: 'middle' }),
    ),
  ]);
}

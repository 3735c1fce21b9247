import { countersign, scoreAgent, sumOf } from './detectors/countersign.js';
import { midasF, midasR } from './detectors/edges.js';
import { ewma } from './detectors/ewma.js';
import { rateLimit } from './detectors/rate-limit.js';
import type { Detector } from './detectors/variant.js';
import { generateAgent, generateFleet } from './generator/generate.js';
import { DAY_MS, START_MS } from './generator/parameters.js';
import type { Workload } from './generator/types.js';
import type { LogName } from './logs/measure.js';
import { episodes } from './metrics/alerts.js';
import { digestOf, type Digest } from './metrics/digest.js';

/** One variant of one detector on the fleet of one seed. */
export interface Result {
  readonly detector: string;
  readonly setting: string;
  readonly digest: Digest;
}

export interface SeedTask {
  readonly kind: 'seed';
  readonly workload: Workload;
  readonly baselines: boolean;
  readonly ablation: boolean;
}

export interface DriftTask {
  readonly kind: 'drift';
  readonly workload: Workload;
  readonly fromAgent: number;
  readonly toAgent: number;
  readonly stepUp: number;
  readonly quarantine: number;
}

export interface LogTask {
  readonly kind: 'log';
  readonly name: LogName;
  readonly stepUp: number;
}

export type Task = SeedTask | DriftTask | LogTask;

/** Scores of a benign fleet at or above a threshold, as episodes, before and after the warm-up. */
export interface Drift {
  readonly agents: number;
  readonly events: number;
  readonly warmUp: { readonly stepUps: number; readonly quarantines: number };
  readonly test: { readonly stepUps: number; readonly quarantines: number };
}

/** Scores one seed's fleet with every detector. */
export function runSeed({ workload, baselines, ablation }: SeedTask): Result[] {
  const fleet = generateFleet(workload);
  const detectors: Detector[] = [countersign];
  if (baselines) detectors.push(ewma, midasR, midasF, rateLimit);
  const results: Result[] = [];
  for (const detector of detectors) {
    for (const variant of detector(fleet)) {
      const { detector: name, setting } = variant;
      if (setting === 'ablation' && !ablation) break;
      results.push({ detector: name, setting, digest: digestOf(fleet, variant, workload) });
    }
  }
  return results;
}

const CELL_MS = 600_000;

/** Scores benign agents, and counts what the shipped thresholds would have done to them. */
export function runDrift(task: DriftTask): Drift {
  const { workload, fromAgent, toAgent, stepUp, quarantine } = task;
  const testMs = START_MS + workload.warmUpDays * DAY_MS;
  const parts = { warmUp: cellsOf(), test: cellsOf() };
  let eventCount = 0;
  for (let number = fromAgent; number < toAgent; number++) {
    const agent = generateAgent(workload, number);
    const { sums } = scoreAgent(agent);
    eventCount += agent.events.length;
    agent.events.forEach(({ atMs }, at) => {
      const score = sums[at] ?? 0;
      if (score < sumOf(stepUp)) return;
      const { agents, cells, scores } = atMs < testMs ? parts.warmUp : parts.test;
      agents.push(number);
      cells.push(Math.floor(atMs / CELL_MS));
      scores.push(score);
    });
  }
  const counted = (part: ReturnType<typeof cellsOf>): Drift['test'] => {
    const typed = {
      agents: Uint32Array.from(part.agents),
      cells: Uint32Array.from(part.cells),
      scores: Float32Array.from(part.scores),
    };
    return {
      stepUps: episodes(typed, sumOf(stepUp)),
      quarantines: episodes(typed, sumOf(quarantine)),
    };
  };
  return {
    agents: toAgent - fromAgent,
    events: eventCount,
    warmUp: counted(parts.warmUp),
    test: counted(parts.test),
  };
}

const cellsOf = (): { agents: number[]; cells: number[]; scores: number[] } => ({
  ...{ agents: [], cells: [], scores: [] },
});

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { writePage } from './page.js';
import { LOG_NAMES } from './logs/measure.js';
import { HELP, parseOptions, type Options } from './options.js';
import { runTasks } from './pool.js';
import type { Report } from './report.js';
import {
  ablationOf,
  byTiming,
  detectorsOf,
  seriesOf,
  shippedOf,
  type Thresholds,
} from './summary.js';
import { tablesOf } from './tables.js';
import { targetsOf } from './targets.js';
import type { DriftTask, LogTask, Result, SeedTask } from './tasks.js';
import { worthOf } from './worth.js';

/** A quarter of a fleet is compromised by what it asks for, once each, and half as many by the other kinds. */
const COMPROMISED = 0.25;
const DRIFT_DAYS = { warmUp: 14, test: 30 };
/** Agents of a drift task: small enough that both cores end together. */
const DRIFT_CHUNK = 100;
/** No seed of the measured fleets. */
const DRIFT_SEED = 1000;

/** Thresholds of the policy that ships. */
function shippedThresholds(): Thresholds {
  const text = readFileSync(new URL('../../rego/countersign/data.json', import.meta.url), 'utf8');
  const data = JSON.parse(text) as {
    config: { anomaly: { step_up: number; quarantine: number } };
  };
  const { step_up: stepUp, quarantine } = data.config.anomaly;
  return { stepUp, quarantine };
}

/** Runs the benchmark. Resolves to the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const say = (line: string): void => {
    if (!options.json) process.stderr.write(`${line}\n`);
  };
  const report = await measure(options, say);
  for (const [name, table] of Object.entries(tablesOf(report))) {
    if (name !== 'parameters') say(`\n${name}\n\n${table}`);
  }
  if (options.out !== undefined) writePage(options.out, report);
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return 0;
}

/** Measures what the options ask for; `say` receives the progress. */
export async function measure(options: Options, say: (line: string) => void): Promise<Report> {
  const started = performance.now();
  const secondsSince = (): number => Math.round((performance.now() - started) / 1000);
  const thresholds = shippedThresholds();
  const seeds = await runSeeds(options, (seed) => {
    say(`seed ${seed} of ${options.seeds} after ${secondsSince()} s`);
  });
  const series = seriesOf(seeds);
  const drift = await runDrift(options, thresholds, (upTo) => {
    say(`benign agents up to ${upTo} after ${secondsSince()} s`);
  });
  const logs = await runLogs(options, thresholds.stepUp, (name) => {
    say(`log ${name} after ${secondsSince()} s`);
  });
  const detectors = detectorsOf(series);
  const shipped = shippedOf(series, thresholds);
  return {
    at: new Date().toISOString(),
    machine: `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.versions.node}`,
    options,
    targets: targetsOf(detectors, shipped, drift),
    ...{ detectors, shipped, drift },
    timing: detectors.length === 0 ? {} : byTiming(series, 1),
    ablation: ablationOf(series),
    worth: worthOf(series, thresholds),
    logs,
    seconds: secondsSince(),
  };
}

async function runSeeds(
  { seeds, agents, days, only, threads }: Options,
  done: (seed: number) => void,
): Promise<Result[][]> {
  const [baselines, ablation] = [only.includes('detectors'), only.includes('ablation')];
  if (!baselines && !ablation) return [];
  const tasks = Array.from({ length: seeds }, (_, at): SeedTask => {
    const workload = { seed: at + 1, agents, warmUpDays: days, testDays: days };
    return {
      ...{ kind: 'seed', baselines, ablation },
      workload: { ...workload, compromisedShare: COMPROMISED },
    };
  });
  return runTasks(tasks, threads, ({ workload }) => {
    done(workload.seed);
  });
}

async function runDrift(
  { driftAgents: agents, only, threads }: Options,
  thresholds: Thresholds,
  done: (upTo: number) => void,
): Promise<Report['drift']> {
  if (!only.includes('drift')) return undefined;
  const { warmUp: warmUpDays, test: testDays } = DRIFT_DAYS;
  const workload = { seed: DRIFT_SEED, agents, warmUpDays, testDays, compromisedShare: 0 };
  const tasks = Array.from({ length: Math.ceil(agents / DRIFT_CHUNK) }, (_, at): DriftTask => {
    const fromAgent = at * DRIFT_CHUNK;
    const toAgent = Math.min(agents, fromAgent + DRIFT_CHUNK);
    return { kind: 'drift', workload, fromAgent, toAgent, ...thresholds };
  });
  const parts = await runTasks(tasks, threads, ({ toAgent }) => {
    done(toAgent);
  });
  const sum = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    ...{ agents, days: DRIFT_DAYS, events: sum(({ events }) => events) },
    warmUp: {
      stepUps: sum(({ warmUp }) => warmUp.stepUps),
      quarantines: sum(({ warmUp }) => warmUp.quarantines),
    },
    test: {
      stepUps: sum(({ test }) => test.stepUps),
      quarantines: sum(({ test }) => test.quarantines),
    },
  };
}

async function runLogs(
  { only, threads }: Options,
  stepUp: number,
  done: (name: string) => void,
): Promise<Report['logs']> {
  if (!only.includes('logs')) return [];
  const tasks = LOG_NAMES.map((name): LogTask => ({ kind: 'log', name, stepUp }));
  return runTasks(tasks, threads, ({ name }) => {
    done(name);
  });
}

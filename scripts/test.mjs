#!/usr/bin/env node
// `npm test`: from a fresh clone to every check and test. Node's own modules only, since nothing is installed yet.
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { changedFiles, stepsFor } from './lib/changed.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { inLanes } from './lib/lanes.mjs';
import { findOpa } from './lib/opa.mjs';
import { ensureOpenssl } from './lib/openssl.mjs';
import { newestNode } from './lib/node-versions.mjs';
import { ensureRedis } from './lib/redis.mjs';
import { root } from './lib/root.mjs';
import { atEnd } from './lib/run.mjs';
import { compileFor, jobsOf, testFilesOf } from './lib/test-jobs.mjs';
import { TestReport } from './lib/test-report.mjs';
import { STEPS } from './lib/test-steps.mjs';

const HELP = `usage: npm test [-- OPTIONS]

Installs what is missing (dependencies, Redis, openssl, opa), builds, runs every check and every test, and ends with
"N passed, N failed": a check counts as one, a test as one. Exits 1 when anything failed or a suite is empty. One
process more than there are processors runs at a time; the ten slowest tests are printed.

  --only a,b     these steps alone, after the preparation
  --changed      what the change touches: the test files that depend on a changed file, the checks that read one
  --base commit  with --changed: what the change is against (where the branch left origin/main, or main, by default)
  --every-node   every unit test on Node 22 and 20 too, and not only those that depend on Node
  --lanes n      processes at a time
  --list         the names of the steps; with --changed, and their test files, without running them
  --verbose      what a step printed, also when it passed
  --help         this text
`;

/** A type-aware linter, or a test process with the services and the Redis that it starts. */
const MEMORY_OF_LANE = 1.5 * 1024 ** 3;

function readOptions() {
  const boolean = { type: 'boolean', default: false };
  const string = { type: 'string' };
  const options = {
    ...{ only: string, base: string, lanes: string },
    ...{ changed: boolean, list: boolean, verbose: boolean, help: boolean },
    'every-node': boolean,
  };
  const { values } = parseArgs({ options });
  if (!/^[1-9]\d*$/.test(values.lanes ?? '1')) throw new Error('--lanes takes a number');
  return { ...values, lanes: Number(values.lanes ?? defaultLanes()), steps: choose(values.only) };
}

/** One more than processors, since a test often waits: for a start, for a lock to end, for a minute to be over. */
function defaultLanes() {
  const most = Math.floor(totalmem() / MEMORY_OF_LANE);
  return Math.max(1, Math.min(availableParallelism() + 1, most));
}

/** A step as it runs beside all suites, which show a part of what it would. */
function besideSuites({ besideSuites: command, ...step }) {
  return command === undefined ? step : { ...step, command };
}

/** A step whose suite leaves the choice of files out: all of them run. */
function withoutChoice({ choose: _, ...step }) {
  return step;
}

function choose(only) {
  if (only === undefined) return STEPS;
  const names = only.split(',');
  const unknown = names.filter((name) => !STEPS.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')}`);
  return STEPS.filter(({ name }) => names.includes(name));
}

/** Removes Countersign settings of the caller's environment, so that they do not reach the tests. */
function forgetSettings() {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('COUNTERSIGN_') && name !== 'COUNTERSIGN_OPA') delete process.env[name];
  }
}

/**
 * Lets the programs in Go (opa, tsc, the linter) use more memory before they collect: they run for seconds, and
 * collecting is a fifth to a third of their CPU.
 */
function collectLessOften() {
  process.env.GOGC ??= '400';
}

/** Whether a step runs test files: a suite, or those of the guards. */
function runsTests({ name, suite }) {
  return suite !== undefined || name === 'mutate';
}

/** Runs the preparation, each part of which must succeed. False when one did not. */
async function prepare(report, steps, tree) {
  const parts = {
    install: ensureInstalled,
    build,
    redis: ensureRedis,
    openssl: ensureOpenssl,
    opa: async () => (process.env.COUNTERSIGN_OPA = findOpa()),
    // Before the steps, which would install it at once.
    node: async () => steps.some(runsTests) && newestNode(),
    compile: () => compileFor(steps, tree),
  };
  for (const [name, work] of Object.entries(parts)) {
    report.begin(name);
    const result = await work().then(
      () => ({ passed: 1, failed: 0, report: '' }),
      (error) => ({ passed: 0, failed: 1, report: error.message }),
    );
    if (!report.end(name, [result])) return false;
  }
  return true;
}

/** Runs the jobs of all steps in lanes; a step is reported when its last job has ended. */
async function runSteps(report, steps, tree, lanes) {
  const jobs = steps.flatMap((step) => {
    const results = [];
    let heard;
    const all = jobsOf(step, tree, () => heard());
    return all.map((job) => async () => {
      heard ??= report.begin(step.name);
      results.push(await job().catch(({ message }) => ({ passed: 0, failed: 1, report: message })));
      if (results.length === all.length) report.end(step.name, results);
    });
  });
  await inLanes(jobs, lanes);
}

async function testAll(steps, { verbose, lanes }) {
  const report = new TestReport(verbose);
  const tree = mkdtempSync(join(tmpdir(), 'countersign-tests-'));
  atEnd(() => rmSync(tree, { recursive: true, force: true }));
  if (await prepare(report, steps, tree)) await runSteps(report, steps, tree, lanes);
  report.close();
  return report.failed === 0 ? 0 : 1;
}

async function main() {
  let options;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${error.message}\n${HELP}`);
    return 2;
  }
  if (options.help) return (process.stdout.write(HELP), 0);
  process.chdir(root);
  let { steps } = options;
  const chosen = options['every-node'] ? withoutChoice : (step) => step;
  const filesOf = (step) => testFilesOf(chosen(step));
  if (options.changed) steps = stepsFor(await changedFiles(options.base), steps, filesOf);
  if (options.list) {
    const lines = steps.flatMap(({ name, only = [] }) => [
      name,
      ...only.map((file) => `  ${file}`),
    ]);
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  forgetSettings();
  if (steps === STEPS) steps = steps.map(besideSuites);
  collectLessOften();
  return testAll(steps.map(chosen), options);
}

process.exitCode = await main();

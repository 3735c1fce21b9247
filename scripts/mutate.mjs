#!/usr/bin/env node
// Takes the guards of the service out, one at a time, in a copy, and shows that the test named for each fails.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compiledPath, compileText, makeTree } from './lib/compiled-tree.mjs';
import { inLanes } from './lib/lanes.mjs';
import { runMocha } from './lib/mocha.mjs';
import { MUTANTS } from './lib/mutants.mjs';
import { newestNode } from './lib/node-versions.mjs';
import { root } from './lib/root.mjs';
import { atEnd } from './lib/run.mjs';

const HELP = `usage: npm run mutate -- [OPTIONS]

Takes each guard out of a copy of the sources and runs the test that is named for it: with the guard it must
pass, without it it must fail.

  --only words   the guards whose name holds these words
  --of a,b       the guards that are in these files, or held by a test in them
  --without      the second half alone: for a run of the suites, which shows the first
  --lanes n      test files that are worked on at a time; as many as there are processors by default
  --list         the guards and their tests, without running them
  --json         the outcome as JSON
  --help         this text

exit codes: 0 every guard is held by its test; 1 one is not; 2 usage
`;

/** A test without its guard may hang: it is given many times what the tests of its file take with all guards. */
const TIMES_WITH_GUARD = 20;
const LEAST_SECONDS = 120;
/** As long as the slowest test of all may take on a slow machine, where it did not run with the guard. */
const UNKNOWN_SECONDS = 1200;

const OPTIONS = {
  only: { type: 'string', default: '' },
  of: { type: 'string' },
  lanes: { type: 'string', default: String(availableParallelism()) },
  ...Object.fromEntries(
    ['without', 'list', 'json', 'help'].map((name) => [name, { type: 'boolean', default: false }]),
  ),
};

async function main() {
  let options;
  try {
    options = parseArgs({ options: OPTIONS }).values;
    if (!/^[1-9]\d*$/.test(options.lanes)) throw new Error('--lanes takes a number');
  } catch (error) {
    process.stderr.write(`${error.message}\n${HELP}`);
    return 2;
  }
  if (options.help) return (process.stdout.write(HELP), 0);
  const mutants = choose(options);
  if (!options.list) return mutateAll(mutants, { ...options, lanes: Number(options.lanes) });
  for (const { name, test } of mutants) process.stdout.write(`${name}: ${test.join(' ')}\n`);
  return 0;
}

function choose({ only, of }) {
  const files = of?.split(',');
  const within = ({ file, test }) => files?.includes(file) || files?.includes(test[0]);
  return MUTANTS.filter(({ name }) => name.includes(only)).filter(
    (mutant) => files === undefined || within(mutant),
  );
}

async function mutateAll(mutants, { lanes, json, without }) {
  const groups = grouped(mutants);
  const results = [];
  const say = (guard, verdict) => {
    results.push({ guard, verdict });
    const mark = verdict === 'held' ? 'ok  ' : 'FAIL';
    if (!json) process.stderr.write(`${mark} ${guard}: ${verdict}\n`);
  };
  const trees = Array.from({ length: Math.min(lanes, groups.size) }, () =>
    mkdtempSync(join(tmpdir(), 'countersign-mutants-')),
  );
  atEnd(() => trees.forEach((tree) => rmSync(tree, { recursive: true, force: true })));
  await Promise.all(trees.map((tree) => makeTree(tree)));
  const largestFirst = [...groups.values()].sort((a, b) => b.length - a.length);
  const jobs = largestFirst.map(
    (group) => (lane) => judgeFile(trees[lane], group, { say, without }),
  );
  await inLanes(jobs, trees.length);
  const loose = results.filter(({ verdict }) => verdict !== 'held').length;
  if (json) process.stdout.write(`${JSON.stringify({ results, loose })}\n`);
  else
    process.stdout.write(
      `${results.length - loose} of ${results.length} guards are held by their tests\n`,
    );
  return results.length > 0 && loose === 0 ? 0 : 1;
}

function grouped(mutants) {
  const groups = new Map();
  for (const mutant of mutants) {
    const file = mutant.test[0];
    groups.set(file, [...(groups.get(file) ?? []), mutant]);
  }
  return groups;
}

/**
 * Judges the mutants that one test file holds: its tests with all guards first, unless the suites show that, then each
 * without one.
 */
async function judgeFile(tree, mutants, { say, without }) {
  const withGuards = without ? undefined : await runWithGuards(tree, mutants);
  for (const mutant of mutants) {
    const problem = withGuards?.problemOf(mutant);
    const { limitSeconds = UNKNOWN_SECONDS } = withGuards ?? {};
    say(mutant.name, problem ?? (await judge(tree, mutant, limitSeconds)));
  }
}

async function runWithGuards(tree, mutants) {
  const began = performance.now();
  const titles = [...new Set(mutants.map(({ test }) => test[1]))];
  const failed = [];
  const { tests, report, ...ran } = await runTests(tree, mutants[0].test[0], titles, {
    heard: ({ kind, title }) => kind === 'fail' && failed.push(title),
  });
  const seconds = (performance.now() - began) / 1000;
  const whole = ran.failed === 0 || failed.length > 0;
  const passes = (wanted) =>
    whole &&
    tests.some(({ title }) => title.includes(wanted)) &&
    !failed.some((title) => title.includes(wanted));
  return {
    limitSeconds: Math.max(LEAST_SECONDS, seconds * TIMES_WITH_GUARD),
    problemOf: ({ test }) =>
      passes(test[1]) ? undefined : `the test does not pass with the guard\n${report}`,
  };
}

/** `held`: the test, which passes with the guard, fails without it. */
async function judge(tree, { file, find, replace, test }, limitSeconds) {
  const source = readFileSync(join(root, file), 'utf8');
  if (source.split(find).length !== 2) return 'stale: the guard is not there exactly once';
  const path = join(tree, compiledPath(file));
  const original = readFileSync(path, 'utf8');
  let failures = 0;
  try {
    writeFileSync(
      path,
      await compileText(
        file,
        source.replace(find, () => replace),
      ),
    );
    const heard = ({ kind }) => (failures += kind === 'fail' ? 1 : 0);
    const ends = { firstFailure: true, limitSeconds };
    const after = await runTests(tree, test[0], [test[1]], { heard, ...ends });
    // A run that could not start proves nothing: the test itself must have failed.
    if (failures > 0) return 'held';
    return after.failed === 0 ? 'the test passes without the guard' : `no verdict\n${after.report}`;
  } catch (error) {
    return `no verdict\n${error.message}`;
  } finally {
    writeFileSync(path, original);
  }
}

async function runTests(tree, file, titles, options) {
  const grep = titles.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const node = await newestNode();
  return runMocha([file], { tree, node, grep, exit: true, cwd: tree, ...options });
}

process.exitCode = await main();

#!/usr/bin/env node
// `npm test`: from a fresh clone to every check and test. Node's own modules only, since nothing is installed yet.
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { runMocha } from './lib/mocha.mjs';
import { findNode } from './lib/node-versions.mjs';
import { findOpa } from './lib/opa.mjs';
import { missingPrograms } from './lib/programs.mjs';
import { ensureOpenssl } from './lib/openssl.mjs';
import { ensureRedis } from './lib/redis.mjs';
import { run, showProgress } from './lib/run.mjs';
import { root } from './lib/root.mjs';
import { STEPS } from './lib/test-steps.mjs';

const HELP = `usage: npm test [-- OPTIONS]

Installs what is missing (dependencies, Redis, openssl, opa), builds, runs every check and every test, and ends with
"N passed, N failed": a check counts as one, a test as one. Exits 1 when anything failed or a suite is empty.

  --only a,b   these steps alone, after the preparation
  --list       the names of the steps
  --verbose    what a step printed, also when it passed
  --help       this text
`;

const totals = { passed: 0, failed: 0 };
let verbose = false;

/** Runs one step's work, which returns {passed, failed, report, note?}, and says how it went. */
async function step(name, work) {
  const started = performance.now();
  const stopProgress = showProgress(name, 60);
  const result = await work().catch((error) => ({ passed: 0, failed: 1, report: error.message }));
  stopProgress();
  totals.passed += result.passed;
  totals.failed += result.failed;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const mark = result.failed === 0 ? 'ok  ' : 'FAIL';
  const counts =
    result.failed === 0 ? `${result.passed}` : `${result.passed}, ${result.failed} failed`;
  say(
    `${mark} ${name.padEnd(14)} ${counts} (${seconds} s)${result.note ? `: ${result.note}` : ''}`,
  );
  if (result.report !== '' && (verbose || result.failed > 0)) say(`${result.report}\n`);
  return result.failed === 0;
}

async function check(command) {
  const { code, output } = await run(process.execPath, command, { timeoutSeconds: 1800 });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, report: output.trim() };
}

/** A preparation that must succeed; what it returns is kept in `found`. */
function preparation(name, work, found = {}) {
  return step(name, async () => {
    found.value = await work();
    return { passed: 1, failed: 0, report: '' };
  });
}

async function suite({ mocha, node, programs = [] }) {
  const missing = await missingPrograms(programs);
  if (missing.length > 0) {
    const note = `SKIPPED, could not be installed: ${missing.join(', ')}`;
    return { passed: 0, failed: 0, report: '', note };
  }
  if (node === undefined) return runMocha(mocha);
  const binary = await findNode(node);
  if (binary !== undefined) return runMocha(mocha, { node: binary });
  const note = `SKIPPED, no package holds Node ${node} for ${process.platform}-${process.arch}`;
  return { passed: 0, failed: 0, report: '', note };
}

async function runSteps(steps) {
  const quiet = steps.filter((one) => one.quiet);
  const next = async () => {
    for (let one = quiet.shift(); one !== undefined; one = quiet.shift()) {
      const { name, command } = one;
      await step(name, () => check(command));
    }
  };
  await Promise.all([next(), next()]);
  for (const one of steps.filter(({ quiet }) => !quiet)) {
    await step(one.name, () => (one.mocha ? suite(one) : check(one.command)));
  }
}

/** Removes Countersign settings of the caller's environment, so that they do not reach the tests. */
function forgetSettings() {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('COUNTERSIGN_') && name !== 'COUNTERSIGN_OPA') delete process.env[name];
  }
}

function choose(only) {
  if (only === undefined) return STEPS;
  const names = only.split(',');
  const unknown = names.filter((name) => !STEPS.some((one) => one.name === name));
  if (unknown.length > 0) throw new Error(`no such step: ${unknown.join(', ')}`);
  return STEPS.filter(({ name }) => names.includes(name));
}

function readOptions() {
  const boolean = { type: 'boolean', default: false };
  const options = { only: { type: 'string' }, list: boolean, verbose: boolean, help: boolean };
  const { values } = parseArgs({ options });
  return { ...values, steps: choose(values.only) };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}

async function main() {
  let options;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${error.message}\n${HELP}`);
    return 2;
  }
  if (options.help || options.list) {
    say(options.help ? HELP : STEPS.map(({ name }) => name).join('\n'));
    return 0;
  }
  verbose = options.verbose;
  process.chdir(root);
  forgetSettings();
  const opa = {};
  const ready =
    (await preparation('install', ensureInstalled)) &&
    (await preparation('build', build)) &&
    (await preparation('redis', ensureRedis)) &&
    (await preparation('openssl', ensureOpenssl)) &&
    (await preparation('opa', async () => findOpa(), opa));
  if (ready) {
    process.env.COUNTERSIGN_OPA = opa.value;
    await runSteps(options.steps);
  }
  say(`${totals.passed} passed, ${totals.failed} failed`);
  return totals.failed === 0 ? 0 : 1;
}

process.exitCode = await main();

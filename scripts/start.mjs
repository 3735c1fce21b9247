#!/usr/bin/env node
// `npm start`: from a fresh clone to a running service. Node's own modules only, since nothing is installed yet.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const OLDEST_NODE = [20, 19];

// Codes of the preparation; the service's own are below 10 and 70 (docs/reference/cli.md).
const EXIT = { usage: 2, nodeTooOld: 10, installFailed: 11, buildFailed: 12, redisMissing: 13 };

const HELP = `usage: npm start [-- OPTIONS]

Installs, builds, finds or installs Redis, and runs Countersign on this machine:
the service, the worker and, unless COUNTERSIGN_REDIS_URL names one, a private Redis
under COUNTERSIGN_DATA_DIR (.countersign). Ctrl-C ends all of it.

  --help     this text, and nothing else happens
  Other options go to "countersign start".

Exit codes: 0 ended as asked; 2 wrong usage or configuration; 3 the service cannot run now;
70 a defect; before the service starts: 10 Node is older than ${OLDEST_NODE.join('.')};
11 the dependencies could not be installed; 12 the build failed; 13 no Redis, and what to run is printed.
`;

function fail(code, message) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** Runs one step of the preparation; a failure ends the process with the step's code. */
async function step(code, work) {
  try {
    return await work();
  } catch (error) {
    return fail(code, error.message);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = OLDEST_NODE;
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  fail(
    EXIT.nodeTooOld,
    `Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node} (${process.execPath})`,
  );
}

const fromDist = (path) => import(pathToFileURL(join(process.cwd(), 'dist', path)).href);

/** Whether the environment or the configuration file names a Redis, so that none is needed here. */
async function redisIsConfigured() {
  if ((process.env.COUNTERSIGN_REDIS_URL ?? '') !== '') return true;
  const { loadConfig } = await fromDist('config/load.js');
  const readFile = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  try {
    const options = { cwd: process.cwd() };
    return loadConfig(process.env, readFile, { profile: 'local' }, options).redis.url !== undefined;
  } catch {
    // The service itself says what is wrong with its configuration.
    return true;
  }
}

async function main(args) {
  if (args.includes('--help')) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  checkNode();
  const { root } = await import('./lib/root.mjs');
  process.chdir(root);
  const { ensureInstalled } = await import('./lib/install.mjs');
  await step(EXIT.installFailed, ensureInstalled);
  const { build } = await import('./build.mjs');
  await step(EXIT.buildFailed, build);
  if (!(await redisIsConfigured())) {
    const { ensureRedis } = await import('./lib/redis.mjs');
    await step(EXIT.redisMissing, ensureRedis);
  }
  const { run } = await fromDist('main.js');
  process.exit(await run(['start', ...args]));
}

await main(process.argv.slice(2));

import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/** A command that did not end with 0; the message holds what it wrote. */
export class CommandFailed extends Error {
  constructor(command, code, output) {
    super(`${command} ended with ${code}\n${output}`.trim());
    this.name = 'CommandFailed';
    this.code = code;
    this.output = output;
  }
}

/**
 * Runs a command in the repository without a shell and returns {code, output}; code is null when it could not
 * be started or a signal ended it. With `progress` it says every few seconds on stderr what takes so long.
 * `stallSeconds` ends a command that wrote nothing for that time, `limitSeconds` one that ran for that time. With
 * `onMessage` the command may send messages, which count as output; a returned number is the new `stallSeconds`.
 */
export function run(command, args, options = {}) {
  const { env = {}, cwd = root, progress, stallSeconds = 0, limitSeconds = 0, uid, gid } = options;
  const { onMessage } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      ...(uid === undefined ? {} : { uid, gid }),
      stdio: ['ignore', 'pipe', 'pipe', ...(onMessage === undefined ? [] : ['ipc'])],
    });
    const stopProgress = progress === undefined ? () => {} : showProgress(progress);
    const forget = endWithMe(child);
    const chunks = [];
    const stop = (why) => {
      chunks.push(Buffer.from(`\nended: ${why}\n`));
      end(child);
    };
    const limit = countdown(limitSeconds, () => stop(`it ran for ${limitSeconds} s`));
    const stall = countdown(stallSeconds, (seconds) => stop(`no progress for ${seconds} s`));
    for (const pipe of [child.stdout, child.stderr]) {
      pipe.on('data', (chunk) => {
        chunks.push(chunk);
        stall.restart();
      });
    }
    if (onMessage !== undefined) child.on('message', (one) => stall.restart(onMessage(one)));
    const settle = (code, note = '') => {
      limit.cancel();
      stall.cancel();
      stopProgress();
      forget();
      resolve({ code, output: Buffer.concat(chunks).toString() + note });
    };
    child.on('error', (error) => settle(null, `${error.message}\n`));
    child.on('close', (code, signal) => settle(code, signal ? `ended by ${signal}\n` : ''));
  });
}

/** Calls `expired` after `seconds` without a restart; never when they are 0. */
function countdown(seconds, expired) {
  let current = seconds;
  let timer;
  const restart = (next = current) => {
    clearTimeout(timer);
    current = next;
    if (current > 0) timer = setTimeout(() => expired(current), current * 1000);
  };
  restart();
  return { restart, cancel: () => clearTimeout(timer) };
}

/** SIGTERM, SIGKILL after ten seconds. */
function end(child) {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
}

/** As `run`, but throws CommandFailed unless the command ends with 0. Returns its output. */
export async function runToEnd(command, args, options) {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new CommandFailed([command, ...args].join(' '), code, output);
  return output;
}

/** Says `what … 12 s` every few seconds until the returned function is called. */
export function showProgress(what, everySeconds = 5) {
  const started = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stderr.write(`  ${what} … ${seconds} s\n`);
  }, everySeconds * 1000);
  return () => clearInterval(timer);
}

const children = new Set();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** While a child runs, a signal to this process ends the child too, and this process as the signal would have. */
function endWithMe(child) {
  if (children.size === 0) for (const name of SIGNALS) process.on(name, endAll);
  children.add(child);
  return () => {
    children.delete(child);
    // The service installs its own handlers later: ours must be gone by then.
    if (children.size === 0) for (const name of SIGNALS) process.off(name, endAll);
  };
}

/** Calls `work` when this process ends, also when a signal ends it while a command runs. */
export function atEnd(work) {
  works.push(work);
  if (works.length === 1) process.once('exit', doWorks);
}

const works = [];

function doWorks() {
  for (const work of works.splice(0)) work();
}

function endAll(name) {
  for (const child of children) child.kill('SIGTERM');
  doWorks();
  for (const one of SIGNALS) process.off(one, endAll);
  process.kill(process.pid, name);
}

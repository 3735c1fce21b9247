// Processes pinned to a core, and what the kernel says they used.
import { spawn, spawnSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';

const TICK_MS = 10; // USER_HZ is 100 on every Linux that Node runs on
const hasTaskset = spawnSync('taskset', ['-V']).status === 0;
const running = new Set();

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Whether processes can be pinned to a core here. */
export const pinned = hasTaskset;

/** The command that runs `command` on one core, where that can be done; on any when `core` is null. */
export function onCore(core, command) {
  return hasTaskset && core !== null ? ['taskset', '-c', String(core), ...command] : command;
}

/** Starts a process on a core; its output goes to `log`. It is killed with this process at the latest. */
export function startPinned(core, command, { log, env = {}, cwd } = {}) {
  const [file, ...args] = onCore(core, command);
  const output = log === undefined ? 'ignore' : openSync(log, 'a');
  const child = spawn(file, args, {
    stdio: ['ignore', output, output],
    env: { ...process.env, ...env },
    cwd,
  });
  running.add(child);
  const exited = once(child, 'exit').then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  return {
    pid: child.pid,
    exited,
    get alive() {
      return child.exitCode === null && child.signalCode === null;
    },
    /** SIGTERM, and SIGKILL when that takes longer than ten seconds. */
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      child.kill('SIGTERM');
      await exited;
      clearTimeout(timer);
    },
  };
}

/** CPU time of a process so far, user and system, all threads, in milliseconds. */
export function cpuMs(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold spaces: fields are counted from the parenthesis that ends it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Resident memory of a process, in bytes. */
export function residentBytes(pid) {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
}

/** Polls until `ready` resolves to something other than undefined; throws when the process ends or time is up. */
export async function waitFor(what, server, ready, timeoutMs = 30_000) {
  const deadline = Date.now() + timeoutMs;
  let last;
  while (Date.now() < deadline) {
    if (server !== undefined && !server.alive) throw new Error(`${what} ended while starting`);
    const value = await Promise.resolve()
      .then(ready)
      .catch((error) => void (last = error));
    if (value !== undefined) return value;
    await sleep(50);
  }
  throw new Error(`${what} was not ready within ${timeoutMs / 1000} s`, { cause: last });
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A process identity that is unique across reuse of its number.
 * `startedAt` is opaque and differs between two processes of one pid, also across a reboot.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** Returns the identity of a running process; undefined when no process has this number. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = startTime(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Returns whether this process, not merely one with its number, still runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return startTime(identity.pid) === identity.startedAt;
}

/**
 * Ends a process with SIGTERM, and with SIGKILL after `graceMs`; returns which of them ended it.
 * Throws when it survives SIGKILL for two seconds.
 */
export async function endProcess(
  identity: ProcessIdentity,
  graceMs: number,
): Promise<'gone' | 'ended' | 'killed'> {
  if (!isRunning(identity)) return 'gone';
  signal(identity.pid, 'SIGTERM');
  if (await hasEnded(identity, graceMs)) return 'ended';
  signal(identity.pid, 'SIGKILL');
  if (await hasEnded(identity, 2000)) return 'killed';
  throw new Error(`process ${String(identity.pid)} does not end`);
}

async function hasEnded(identity: ProcessIdentity, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await delay(10);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // The process ended between the check and the signal.
  }
}

function startTime(pid: number): string | undefined {
  return process.platform === 'linux' ? linuxStartTime(pid) : portableStartTime(pid);
}

function linuxStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || ticks === undefined) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${ticks}`;
  } catch {
    return undefined;
  }
}

function portableStartTime(pid: number): string | undefined {
  try {
    const columns = ['-o', 'state=,lstart=', '-p', String(pid)];
    const line = execFileSync('ps', columns, { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

import { renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { readText, writeText } from '../../files/text-file.js';
import { endProcess, identify, isRunning, type ProcessIdentity } from './process.js';
import { askRedis } from './ask.js';

/** The server of a data folder, recorded next to its data for the next start after a crash. */
export interface ServerRecord {
  readonly socket: string;
  /** Absent between the decision to start it and its start. */
  readonly server?: ProcessIdentity;
}

/** Writes the record, readable by its owner alone. The record before stays when the disk is full. */
export function writeRecord(path: string, record: ServerRecord): void {
  const draft = `${path}.draft`;
  writeText(draft, JSON.stringify(record));
  renameSync(draft, path);
}

/**
 * Ends a Redis that a crashed owner left behind and waits for its exit.
 * Two servers would open one append-only folder without complaint. Returns its pid, or undefined when there was none.
 */
export async function endOrphan(
  recordPath: string,
  usualSocket: string,
): Promise<number | undefined> {
  const record = readRecord(recordPath);
  const sockets = new Set([usualSocket, ...(record === undefined ? [] : [record.socket])]);
  let ended = await end(record?.server);
  // Its owner may have died before it could write the pid: then the socket leads to the server.
  for (const socket of sockets) {
    ended ??= await end(await serverBehind(socket));
    rmSync(socket, { force: true });
    if (dirname(socket) !== dirname(usualSocket)) removeEmptyFolder(dirname(socket));
  }
  rmSync(recordPath, { force: true });
  return ended;
}

function removeEmptyFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // Gone already, or in use by another process.
  }
}

/**
 * Ends a server:
 * SIGTERM makes Redis write its data and exit, also while it loads; a stopped one needs SIGKILL.
 */
async function end(server: ProcessIdentity | undefined): Promise<number | undefined> {
  if (server === undefined || !isRunning(server)) return undefined;
  await endProcess(server, 5000);
  return server.pid;
}

async function serverBehind(socket: string): Promise<ProcessIdentity | undefined> {
  const info = await askRedis({ path: socket }, ['INFO', 'server']).catch(() => '');
  const pid = /^process_id:(\d+)/m.exec(info)?.[1];
  return pid === undefined ? undefined : identify(Number(pid));
}

function readRecord(path: string): ServerRecord | undefined {
  try {
    const value = JSON.parse(readText(path, 'none') ?? 'null') as Partial<ServerRecord> | null;
    if (typeof value?.socket !== 'string') return undefined;
    const { pid, startedAt } = value.server ?? {};
    if (typeof pid !== 'number' || typeof startedAt !== 'string') return { socket: value.socket };
    return { socket: value.socket, server: { pid, startedAt } };
  } catch {
    return undefined;
  }
}

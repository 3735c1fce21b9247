import { readdirSync, readFileSync } from 'node:fs';

/** A process that another one started, from `/proc` (Linux). */
export interface ChildOf {
  readonly pid: number;
  readonly command: string;
}

/** The processes that any thread of a process started and that still run. */
export function childrenOf(pid: number): readonly ChildOf[] {
  const threads = entries(`/proc/${String(pid)}/task`);
  return threads.flatMap((thread) =>
    text(`/proc/${String(pid)}/task/${thread}/children`)
      .split(' ')
      .filter((child) => child !== '')
      .map((child) => ({ pid: Number(child), command: commandOf(Number(child)) ?? '' })),
  );
}

/** The command line of a process; undefined when it has ended. */
export function commandOf(pid: number): string | undefined {
  const command = text(`/proc/${String(pid)}/cmdline`)
    .replaceAll('\0', ' ')
    .trim();
  return command === '' ? undefined : command;
}

function entries(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

import { isMainThread, parentPort } from 'node:worker_threads';

/** The message of a thread that started a child process, or saw one end. */
export interface ChildNote {
  readonly child: number;
  readonly running: boolean;
}

const running = new Set<number>();
let watching = false;

/**
 * Notes that a child process started or ended, so that it does not outlive the work it was started for.
 * In a thread the note goes to the parent, since a terminated thread cannot end its children.
 */
export function noteChild({ child, running: alive }: ChildNote): void {
  if (!isMainThread) {
    parentPort?.postMessage({ child, running: alive } satisfies ChildNote);
    return;
  }
  if (!alive) {
    running.delete(child);
    return;
  }
  running.add(child);
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const pid of running) kill(pid);
  });
}

/** Kills the child processes of a terminated thread and notes their end. */
export function killChildren(children: Iterable<number>): void {
  for (const child of children) {
    kill(child);
    noteChild({ child, running: false });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

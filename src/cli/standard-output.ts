import { isatty } from 'node:tty';

let outlives = false;
/** Standard streams that were a terminal at the start of the process. */
let terminals: readonly number[] = [];

/** Ends the process when the reader of stdout closes: `countersign audit | head` is not a failure. */
export function endWithReader(): void {
  terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!outlives) process.exit(error.code === 'EPIPE' ? 0 : 70);
  });
  process.stderr.on('error', () => undefined);
}

/** Keeps a long-running command alive when the readers of its output close. */
export function outliveReader(): void {
  outlives = true;
}

/**
 * Ends the process. A short command first waits until its reader has consumed all output, since an exit loses
 * unread pipe data; a long-running command has drained its log with a deadline.
 */
export async function exitOnceWritten(code: number): Promise<never> {
  const { stdout } = process;
  if (!outlives && !stdout.destroyed && stdout.writableLength > 0) {
    await new Promise<void>((resolve) => {
      stdout.once('close', resolve);
      stdout.write('', () => {
        resolve();
      });
    });
  }
  if (!terminals.every((fd) => isatty(fd))) await endByHangup();
  process.exit(code);
}

/** Deadline of the own signal, in milliseconds. */
const HANGUP_MS = 1000;

/**
 * Ends the process by SIGHUP, as without a handler.
 * Once its terminal is closed, Node's exit fails to reset the terminal and aborts with a core dump.
 */
function endByHangup(): Promise<void> {
  process.removeAllListeners('SIGHUP');
  process.kill(process.pid, 'SIGHUP');
  return new Promise((resolve) => setTimeout(resolve, HANGUP_MS));
}

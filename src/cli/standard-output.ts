let outlives = false;

/** Ends the process when the reader of standard output goes away: `countersign audit | head` is no failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (!outlives) process.exit(error.code === 'EPIPE' ? 0 : 70);
  });
  process.stderr.on('error', () => undefined);
}

/** Keeps a long-running command alive when the readers of its output go away. */
export function outliveReader(): void {
  outlives = true;
}

/**
 * Ends the process. A short command first waits until its reader took everything, since an exit loses what a pipe has
 * not taken; a long-running command has drained its log with a deadline.
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
  process.exit(code);
}

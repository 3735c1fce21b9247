let outlives = false;

/** Ends the process when the reader of stdout closes: `countersign audit | head` is not a failure. */
export function endWithReader(): void {
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
  process.exit(code);
}

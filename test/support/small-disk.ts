import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory of a few megabytes, which a test can fill. */
export interface SmallDisk {
  readonly path: string;
  /** Writes until nothing fits. */
  fill(): void;
  makeRoom(): void;
  unmount(): void;
}

/** Mounts a file system of this many mebibytes; returns why it cannot, where this user may not mount. */
export function mountSmallDisk(mebibytes: number): SmallDisk | string {
  const path = mkdtempSync(join(tmpdir(), 'cs-disk-'));
  const options = `size=${String(mebibytes)}m,mode=0700`;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'countersign-test', path], {
      stdio: 'pipe',
    });
  } catch (error) {
    rmSync(path, { recursive: true });
    return `no permission to mount: ${String(error)}`;
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => {
      writeUntilFull(filler);
    },
    makeRoom: () => {
      rmSync(filler, { force: true });
    },
    unmount: () => {
      execFileSync('umount', ['--lazy', path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function writeUntilFull(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (const size of [65_536, 4096, 1]) while (fits(file, size));
  } finally {
    closeSync(file);
  }
}

function fits(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size)) === size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
    throw error;
  }
}

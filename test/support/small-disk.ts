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

/** Large enough for a data folder, small enough to be filled at once. */
const MEBIBYTES = 48;

/** Why this process cannot mount a file system; undefined when it can. Root may, outside most containers. */
export function reasonNotToMount(): string | undefined {
  try {
    mounted().unmount();
    return undefined;
  } catch (error) {
    return `no file system can be mounted: ${String(error).replaceAll('\n', ' ')}`;
  }
}

/** Mounts an empty file system. Throws where that is not permitted. */
export function mounted(): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'cs-disk-'));
  const options = `size=${String(MEBIBYTES)}m,mode=0700`;
  try {
    const args = ['-t', 'tmpfs', '-o', options, 'countersign-test', path];
    execFileSync('mount', args, { stdio: 'pipe' });
  } catch (error) {
    rmSync(path, { recursive: true });
    throw error;
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

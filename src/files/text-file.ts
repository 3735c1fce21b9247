import { closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { realPathInside } from './inside.js';
import { UnsafePath } from './unsafe-path.js';

const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
/** Kubernetes replaces the version of a mounted folder while it is read. */
const TRIES = 3;

/** Symbolic links that a reader follows: none, those within the folder of the file, or any. */
export type Links = 'none' | 'inside' | 'any';

/** Returns the UTF-8 text of a file; undefined when it does not exist. Throws UnsafePath for a link outside of `links`. */
export function readText(path: string, links: Links): string | undefined {
  for (let left = TRIES; ; left--) {
    try {
      if (links === 'any') return readFileSync(path, 'utf8');
      return readRegular(links === 'none' ? path : realPathInside(path));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      if (links !== 'inside' || left <= 1) return undefined;
    }
  }
}

function readRegular(path: string): string {
  const file = openWithoutLink(path, O_RDONLY | O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) {
      throw new UnsafePath('not_a_file', path, 'is not a regular file', 'remove it');
    }
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

/** Writes a file (mode 0600 when new), never through a link. Throws UnsafePath, and the error of the file system. */
export function writeText(path: string, text: string): void {
  const file = openWithoutLink(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
  try {
    writeFileSync(file, text);
  } finally {
    closeSync(file);
  }
}

/** Opens a file of which the last part of the path is no link. Throws UnsafePath, and the error of the file system. */
function openWithoutLink(path: string, flags: number, mode?: number): number {
  try {
    return openSync(path, flags | O_NOFOLLOW, mode);
  } catch (error) {
    if (!hasCode(error, 'ELOOP')) throw error;
    throw new UnsafePath('symbolic_link', path, 'is a symbolic link', 'remove the link');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

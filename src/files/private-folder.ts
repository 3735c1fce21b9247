import { lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { UnsafePath } from './unsafe-path.js';

const OTHERS_WRITE = 0o022;

/**
 * Creates a folder (mode 0700) when it is missing.
 * Throws UnsafePath for one that another user owns or can write to, and for a link.
 */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  requirePrivateFolder(path);
}

/**
 * Throws UnsafePath unless a folder is ours or root's, and only its owner can write to it; a missing one passes.
 * No other user can then put a file or a link into it. Systems without user ids have no such check.
 */
export function requirePrivateFolder(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (found.isSymbolicLink()) {
    throw new UnsafePath('symbolic_link', path, 'is a symbolic link', 'name the folder itself');
  }
  if (!found.isDirectory()) {
    throw new UnsafePath('not_a_folder', path, 'is not a folder', 'name another data_dir');
  }
  requireOwned(path, found);
}

/** Throws UnsafePath for a symbolic link among these entries of a folder, and in the folders among them. */
export function refuseLinks(folder: string, names: readonly string[]): void {
  for (const name of names) {
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isSymbolicLink() === true) {
      throw new UnsafePath('symbolic_link', path, 'is a symbolic link', 'remove the link');
    }
    if (found?.isDirectory() === true) {
      requireOwned(path, found);
      refuseLinks(path, readdirSync(path));
    }
  }
}

function requireOwned(path: string, { uid, mode }: Stats): void {
  const us = process.geteuid?.();
  if (us === undefined) return;
  if (uid !== us && uid !== 0) {
    throw new UnsafePath(
      'foreign_owner',
      path,
      `belongs to user ${String(uid)}, and this process runs as user ${String(us)}`,
      'run as its owner, change its owner, or name another data_dir (COUNTERSIGN_DATA_DIR)',
    );
  }
  if ((mode & OTHERS_WRITE) === 0) return;
  throw new UnsafePath(
    'writable_by_others',
    path,
    `can be written by its group or others (mode ${(mode & 0o7777).toString(8).padStart(4, '0')})`,
    'run `chmod go-w` on it, or name a folder in it as data_dir, which is then made private',
  );
}

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Links } from './text-file.js';
import { UnsafePath } from './unsafe-path.js';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Opens a regular file for reading. Never waits for the writer of a named pipe, which would hold a thread of libuv.
 * Throws UnsafePath for a link when `links` is `none`, and for what is no regular file; and the error of the file
 * system.
 */
export async function openRegular(
  path: string,
  links: Exclude<Links, 'inside'>,
): Promise<FileHandle> {
  const file = await openAt(path, O_RDONLY | O_NONBLOCK | (links === 'none' ? O_NOFOLLOW : 0));
  try {
    if ((await file.stat()).isFile()) return file;
    throw new UnsafePath(
      'not_a_file',
      path,
      'is not a regular file',
      'put a regular file in its place',
    );
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function openAt(path: string, flags: number): Promise<FileHandle> {
  try {
    return await open(path, flags);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ELOOP')) throw error;
    throw new UnsafePath('symbolic_link', path, 'is a symbolic link', 'remove the link');
  }
}

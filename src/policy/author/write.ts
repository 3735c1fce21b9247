import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AuthorFailed } from './failed.js';
import { writeFiles } from './workspace.js';

/** Writes an archive to a temporary file and renames it, so no reader sees a partial file. */
export async function writeArchive(file: string, archive: Uint8Array): Promise<void> {
  const half = `${file}.${String(process.pid)}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(half, archive);
    await rename(half, file);
  } finally {
    await rm(half, { force: true });
  }
}

/**
 * Replaces the bundle in a folder with other files.
 * Throws AuthorFailed when the folder holds anything but a bundle.
 */
export async function replaceFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  const there = await readdir(folder).catch((): string[] => []);
  if (there.length > 0 && !there.includes('.manifest')) {
    throw new AuthorFailed('sources', `${folder} holds files that are not a bundle`, [
      'name a folder that is new, empty, or holds a bundle',
    ]);
  }
  const half = `${folder}.${String(process.pid)}.part`;
  try {
    await writeFiles(half, files);
    await rm(folder, { recursive: true, force: true });
    await rename(half, folder);
  } finally {
    await rm(half, { recursive: true, force: true });
  }
}

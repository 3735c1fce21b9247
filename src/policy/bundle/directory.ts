import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegular } from '../../files/open-regular.js';
import { configMapAt, isBookkeeping, linkedEntry } from './config-map.js';
import { BundleMembers, type BundleLimits } from './members.js';
import { BundleRefused } from './refused.js';

/** Reads an unpacked bundle. Refuses links, except those of a mounted ConfigMap into its current version. */
export async function readDirectory(root: string, limits: BundleLimits): Promise<BundleMembers> {
  const members = new BundleMembers(limits);
  const reading = { members, limits };
  const map = await configMapAt(root);
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (map !== undefined && isBookkeeping(entry.name)) continue;
    if (map !== undefined && entry.isSymbolicLink()) {
      const { real, kind } = await linkedEntry(map, root, entry.name);
      await readKind(reading, kind, real, entry.name);
    } else {
      await readEntry(reading, entry, root, entry.name);
    }
  }
  return members;
}

interface Reading {
  readonly members: BundleMembers;
  readonly limits: BundleLimits;
}

async function walk(reading: Reading, folder: string, prefix: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    await readEntry(reading, entry, folder, `${prefix}/${entry.name}`);
  }
}

function readEntry(reading: Reading, entry: Dirent, folder: string, path: string): Promise<void> {
  const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
  return readKind(reading, kind, join(folder, entry.name), path);
}

/** Adds a file, or the files of a folder, under its path in the bundle. */
async function readKind(
  reading: Reading,
  kind: 'file' | 'folder' | 'other',
  at: string,
  path: string,
): Promise<void> {
  const { members, limits } = reading;
  if (kind === 'other') {
    throw new BundleRefused('unsafe_member', [`${path} is not a file or folder`]);
  }
  if (kind === 'file') {
    members.add(path, await readFileWithin(at, limits, members, path));
    return;
  }
  members.admit(path, 0);
  await walk(reading, at, path);
}

async function readFileWithin(
  file: string,
  limits: BundleLimits,
  members: BundleMembers,
  path: string,
): Promise<Buffer> {
  const handle = await openRegular(file, 'none');
  try {
    const { size } = await handle.stat();
    members.admit(path, size);
    const content = await handle.readFile();
    if (content.length > limits.unpackedBytes) {
      throw new BundleRefused('over_limit', [`${path} grew while it was read`]);
    }
    return content;
  } finally {
    await handle.close();
  }
}

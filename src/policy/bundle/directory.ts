import { constants } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleMembers, type BundleLimits } from './members.js';
import { BundleRefused } from './refused.js';

/** Reads an unpacked bundle. Refuses links, since their targets were not checked. */
export async function readDirectory(root: string, limits: BundleLimits): Promise<BundleMembers> {
  const members = new BundleMembers(limits);
  await walk(root, '', members, limits);
  return members;
}

async function walk(
  root: string,
  folder: string,
  members: BundleMembers,
  limits: BundleLimits,
): Promise<void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      members.admit(path, 0);
      await walk(root, path, members, limits);
    } else if (entry.isFile()) {
      members.add(path, await readFileWithin(join(root, path), limits, members, path));
    } else {
      throw new BundleRefused('unsafe_member', [`${path} is not a file or folder`]);
    }
  }
}

async function readFileWithin(
  file: string,
  limits: BundleLimits,
  members: BundleMembers,
  path: string,
): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
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

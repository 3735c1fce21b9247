import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegular } from '../../files/open-regular.js';
import { BundleMembers, type BundleLimits } from '../bundle/members.js';

export type Files = ReadonlyMap<string, Buffer>;

export const MANIFEST = '.manifest';
export const CASE = /^cases\/([^/]+\.json)$/;
export const SCHEMA = /^schemas\/.+\.json$/;
/** A file below `cases/` or `schemas/` is never data, regardless of its name. */
const DATA = /(?:^|\/)data\.(?:json|ya?ml)$/;
const NOT_DATA = /^(?:cases|schemas)\//;

export function isData(path: string): boolean {
  return DATA.test(path) && !NOT_DATA.test(path);
}

/**
 * Reads the files of one policy folder by path, with `prefix` before each path.
 * Counts them against `total`, which several folders may share. Skips hidden files and links. Throws BundleRefused
 * and file system errors.
 */
export async function readSourceFiles(
  folder: string,
  total: BundleMembers,
  limits: BundleLimits,
  prefix = '',
): Promise<Files> {
  const own = new BundleMembers(limits);
  await walk(folder, prefix, { total, own });
  return own.all();
}

interface Collected {
  readonly total: BundleMembers;
  readonly own: BundleMembers;
}

async function walk(
  root: string,
  folder: string,
  { total, own }: Collected,
  below = '',
): Promise<void> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    const inside = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.') && entry.name !== MANIFEST) continue;
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      await walk(root, path, { total, own }, inside);
    } else if (entry.isFile() && isOurs(path)) {
      own.add(path, await readFile(join(root, inside), path, total));
    }
  }
}

function isOurs(path: string): boolean {
  return (
    path.endsWith('.rego') ||
    isData(path) ||
    path.split('/').at(-1) === MANIFEST ||
    CASE.test(path) ||
    SCHEMA.test(path)
  );
}

async function readFile(file: string, path: string, total: BundleMembers): Promise<Buffer> {
  const handle = await openRegular(file, 'none');
  try {
    total.admit(path, (await handle.stat()).size);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

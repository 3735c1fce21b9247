import { lstat, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isInside } from '../../files/inside.js';
import { BundleRefused } from './refused.js';

/** The link by which Kubernetes names the current version of a mounted ConfigMap or projected volume. */
const CURRENT = '..data';

/** A mounted ConfigMap. Its files are links into a version folder, and one rename replaces the version. */
export interface ConfigMapFolder {
  /** Real path of the version folder at the start of the reading. */
  readonly version: string;
}

/** Returns the ConfigMap at a folder; undefined for any other folder. Throws BundleRefused for a version outside. */
export async function configMapAt(root: string): Promise<ConfigMapFolder | undefined> {
  const link = join(root, CURRENT);
  const found = await lstat(link).catch(() => undefined);
  if (found?.isSymbolicLink() !== true) return undefined;
  const version = await realpath(link);
  if (!isInside(await realpath(root), version)) throw leaves(CURRENT);
  return { version };
}

/** Returns whether an entry of the root belongs to Kubernetes. A key of a ConfigMap cannot begin with two dots. */
export function isBookkeeping(name: string): boolean {
  return name.startsWith('..');
}

/**
 * Returns the real path and the kind of a linked entry.
 * Throws BundleRefused for a link that leaves the version, so that no file outside and no two versions are read.
 */
export async function linkedEntry(
  { version }: ConfigMapFolder,
  root: string,
  name: string,
): Promise<{ readonly real: string; readonly kind: 'file' | 'folder' | 'other' }> {
  const real = await realpath(join(root, name));
  if (!isInside(version, real)) throw leaves(name);
  const found = await stat(real);
  return { real, kind: found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other' };
}

function leaves(name: string): BundleRefused {
  return new BundleRefused('unsafe_member', [`${name} is a link that leaves the bundle's folder`]);
}

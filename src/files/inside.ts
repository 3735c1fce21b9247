import { realpathSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { UnsafePath } from './unsafe-path.js';

/** Returns whether a real path is below a folder, given by its real path. */
export function isInside(folder: string, real: string): boolean {
  return real.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/**
 * Returns the real path of a file that configuration names.
 * Kubernetes mounts secrets as links into a version folder next to them. Throws UnsafePath for a link that leaves the
 * folder of the file, and the error of the file system.
 */
export function realPathInside(path: string): string {
  const real = realpathSync(path);
  if (isInside(realpathSync(dirname(path)), real)) return real;
  throw new UnsafePath(
    'leaves_folder',
    path,
    'is a link that leaves its folder',
    `name its target in the configuration (now ${real}), or copy it`,
  );
}

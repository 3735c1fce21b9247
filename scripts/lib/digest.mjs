import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

/** Hex SHA-256 over the names and contents of these files and folders, relative to the repository. */
export function digestOfFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap((entry) => filesBelow(entry)).sort()) {
    const content = readFileSync(join(root, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Every file below a folder, or the file itself, as paths relative to the repository; [] when absent. */
export function filesBelow(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isFile()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesBelow(join(path, name)));
}

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Maximum number of entries of a folder that count. */
const MAX_ENTRIES = 2000;

/** Returns sizes and times of a file, or of every file in a folder; 'absent' if missing. Never throws. */
export async function fingerprint(path: string): Promise<string> {
  try {
    const found = await stat(path);
    if (!found.isDirectory()) return mark(path, found);
    const entries = (await readdir(path, { recursive: true })).slice(0, MAX_ENTRIES).sort();
    const marks = entries.map(async (entry) => {
      const file = join(path, entry);
      return mark(file, await stat(file));
    });
    return (await Promise.all(marks)).join('\n');
  } catch {
    return 'absent';
  }
}

function mark(path: string, found: { ino: number; size: number; mtimeMs: number }): string {
  return `${path} ${String(found.ino)} ${String(found.size)} ${String(found.mtimeMs)}`;
}

import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PrivateRedisError } from './errors.js';

/** Oldest major version with scripts that support `#!lua` and its flags. */
const OLDEST_MAJOR = 7;

/**
 * Returns the path of the first `redis-server` or `valkey-server` on PATH that is 7.0 or newer.
 * Throws PrivateRedisError `not_found`, or `too_old` when every server found is older.
 */
export function findRedisServer(searchPath = process.env['PATH'] ?? ''): string {
  const tooOld: string[] = [];
  for (const name of ['redis-server', 'valkey-server']) {
    for (const folder of searchPath.split(delimiter).filter((entry) => entry !== '')) {
      const path = join(folder, name);
      if (!isExecutable(path)) continue;
      const version = versionOf(path);
      if (version !== undefined && Number.parseInt(version, 10) >= OLDEST_MAJOR) return path;
      tooOld.push(`${path} (${version ?? 'no version'})`);
    }
  }
  if (tooOld.length > 0) {
    throw new PrivateRedisError('too_old', `Redis 7.0 or newer is needed; found ${tooOld.join()}`);
  }
  throw new PrivateRedisError('not_found', 'no redis-server or valkey-server on PATH');
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Returns the version printed by `--version`: `Redis server v=7.0.15 …` or `Valkey server v=8.1.0 …`. */
function versionOf(path: string): string | undefined {
  try {
    const text = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 5000 });
    return /\bv=(\d+\.\d+\.\d+)/.exec(text)?.[1];
  } catch {
    return undefined;
  }
}

import { basename, dirname } from 'node:path';
import { refuseLinks, requirePrivateFolder } from '../files/private-folder.js';
import type { Config } from './config.js';
import { DEMO_FILE } from './demo-file.js';
import { ADMIN_TOKEN_FILE, KEY_ENCRYPTION_KEY_FILE } from './secrets.js';

/** What the processes create in the data folder, besides the audit store. */
const ENTRIES = [ADMIN_TOKEN_FILE, KEY_ENCRYPTION_KEY_FILE, DEMO_FILE, 'policy', 'redis'];

/**
 * Throws UnsafePath when another user could have put something into the data folder, or could still do so.
 * A missing folder passes: it is created with mode 0700. Call it before the first use of the folder.
 */
export function checkDataFolder({ dataDir, audit }: Pick<Config, 'dataDir' | 'audit'>): void {
  requirePrivateFolder(dataDir);
  refuseLinks(dataDir, [...ENTRIES, ...storeFiles(dataDir, audit.storePath)]);
}

function storeFiles(dataDir: string, storePath: string): readonly string[] {
  const name = basename(storePath);
  return dirname(storePath) === dataDir ? [name, `${name}-wal`, `${name}-shm`] : [];
}

import { randomBytes } from 'node:crypto';
import { link, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makePrivateFolder } from '../files/private-folder.js';
import { readText } from '../files/text-file.js';
import type { Config } from './config.js';
import {
  DEVELOPMENT_KEY_MARK,
  KEY_ENCRYPTION_KEY_BYTES,
  parseKeyEncryptionKey,
} from './key-material.js';
import { ConfigInvalid } from './problems.js';

export const ADMIN_TOKEN_FILE = 'admin-token';
export const KEY_ENCRYPTION_KEY_FILE = 'key-encryption-key';

/** The secrets of a running service. Never logged, never shown. */
export interface Secrets {
  /** Undefined in production when only named principals may call the admin API. */
  readonly adminToken: string | undefined;
  /** File of the admin token, when the local profile generated it. */
  readonly adminTokenFile: string | undefined;
  /** 32 bytes. */
  readonly keyEncryptionKey: Buffer;
  readonly previousKeyEncryptionKey: Buffer | undefined;
}

/**
 * Resolves the secrets. The local profile generates absent ones once, in owner-readable files of the data folder.
 *
 * Processes that start concurrently end with equal secrets.
 */
export async function resolveSecrets(
  config: Config,
  mintAdminToken: () => string | Promise<string>,
): Promise<Secrets> {
  const { adminToken, keyEncryptionKey, previousKeyEncryptionKey: previous } = config.secrets;
  const local = config.profile === 'local';
  const tokenFile = join(config.dataDir, ADMIN_TOKEN_FILE);
  const makesToken = local && adminToken === undefined;
  const key = keyEncryptionKey ?? (local ? await developmentKey(config.dataDir) : undefined);
  if (key === undefined) {
    throw new ConfigInvalid([{ where: '/keys/key_encryption_key_file', message: 'must be set' }]);
  }
  return {
    adminToken: makesToken ? await keepSecret(tokenFile, mintAdminToken) : adminToken,
    adminTokenFile: makesToken ? tokenFile : undefined,
    keyEncryptionKey: Buffer.from(key, 'base64'),
    previousKeyEncryptionKey: previous === undefined ? undefined : Buffer.from(previous, 'base64'),
  };
}

async function developmentKey(dataDir: string): Promise<string> {
  const path = join(dataDir, KEY_ENCRYPTION_KEY_FILE);
  const text = await keepSecret(
    path,
    () => DEVELOPMENT_KEY_MARK + randomBytes(KEY_ENCRYPTION_KEY_BYTES).toString('base64'),
  );
  const key = parseKeyEncryptionKey(text);
  if (!key.ok) throw new ConfigInvalid([{ where: path, message: key.message }]);
  return key.base64;
}

/** Returns the text of a file; creates it with mode 0600 when it is missing. */
async function keepSecret(path: string, make: () => string | Promise<string>): Promise<string> {
  const kept = readIfPresent(path);
  if (kept !== undefined) return kept;
  await writePrivateFile(path, `${await make()}\n`, 'keep');
  const written = readIfPresent(path);
  if (written === undefined) {
    throw new ConfigInvalid([{ where: path, message: 'is empty: delete it to regenerate it' }]);
  }
  return written;
}

function readIfPresent(path: string): string | undefined {
  const text = readText(path, 'none')?.trim();
  return text === '' ? undefined : text;
}

/**
 * Writes an owner-readable file atomically. `keep` leaves an existing file; `replace` replaces it.
 */
export async function writePrivateFile(
  path: string,
  text: string,
  existing: 'keep' | 'replace',
): Promise<void> {
  makePrivateFolder(dirname(path));
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  await writeFile(fresh, text, { mode: 0o600, flag: 'wx' });
  if (existing === 'replace') {
    await rename(fresh, path);
    return;
  }
  try {
    await link(fresh, path);
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await unlink(fresh);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

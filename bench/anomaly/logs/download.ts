import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../.cache/anomaly/', import.meta.url));
const PATIENCE_MS = 60_000;

/** Where a file comes from, and what it must be. */
export interface Source {
  readonly url: string;
  readonly sha256: string;
  readonly file: string;
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The path of the file, fetched once. Throws Error when it cannot be had, or is not the one that was measured. */
export async function download({ url, sha256, file }: Source): Promise<string> {
  const path = `${FOLDER}${file}`;
  if (existsSync(path) && digestOf(readFileSync(path)) === sha256) return path;
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (digestOf(bytes) !== sha256)
    throw new Error(`${url} is not the file that was measured before`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${path}.part`, bytes);
  renameSync(`${path}.part`, path);
  return path;
}

import { openRegular } from '../../files/open-regular.js';
import { UnsafePath } from '../../files/unsafe-path.js';
import { BundleRefused } from './refused.js';

/**
 * Reads a tar.gz of at most `maxBytes` bytes. Reading ends when the signal aborts.
 * Throws BundleRefused, and the error of the file system.
 */
export async function readArchiveFile(
  path: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const handle = await openRegular(path, 'any');
  try {
    if ((await handle.stat()).size > maxBytes) {
      throw new BundleRefused('over_limit', [`more than ${String(maxBytes)} bytes compressed`]);
    }
    return await handle.readFile(signal === undefined ? {} : { signal });
  } finally {
    await handle.close();
  }
}

/** Returns the refusal of a bundle that could not be read; a BundleRefused is returned unchanged. */
export function unreadable(path: string, error: unknown): BundleRefused {
  if (error instanceof BundleRefused) return error;
  const why = error instanceof UnsafePath ? error.message : `${path} cannot be read`;
  return new BundleRefused('unreadable', [why], error);
}

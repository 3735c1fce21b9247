import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openRegular } from '../../files/open-regular.js';
import { makePrivateFolder } from '../../files/private-folder.js';

const LEFT_BEHIND_MS = 3_600_000;

/** The last activated archive, kept on disk for a start without the server. */
export class LastGood {
  private readonly file: string;

  /** Uses one file per origin, so that a bundle of one server is never served for another. */
  constructor(
    folder: string,
    origin: string,
    private readonly maxBytes: number,
  ) {
    const name = createHash('sha256').update(origin).digest('hex').slice(0, 16);
    this.file = join(folder, `bundle-${name}.tar.gz`);
  }

  /** Writes the archive atomically, readable by its owner only. Throws file system errors. */
  async keep(archive: Uint8Array): Promise<void> {
    const folder = dirname(this.file);
    makePrivateFolder(folder);
    await this.removeHalves(folder);
    const half = `${this.file}.${randomBytes(6).toString('hex')}.new`;
    try {
      await writeThrough(half, archive);
      await rename(half, this.file);
    } catch (error) {
      await unlink(half).catch(() => undefined);
      throw error;
    }
    await syncFolder(folder);
  }

  /** Reads the unverified archive; undefined when it is missing or not a file within the limit. */
  async read(): Promise<Uint8Array | undefined> {
    try {
      const handle = await openRegular(this.file, 'none');
      try {
        if ((await handle.stat()).size > this.maxBytes) return undefined;
        return await handle.readFile();
      } finally {
        await handle.close();
      }
    } catch {
      return undefined;
    }
  }

  /** Removes partial files of processes that ended while writing. A young one may still be in use. */
  private async removeHalves(folder: string): Promise<void> {
    for (const name of await readdir(folder)) {
      if (!name.startsWith(basename(this.file)) || !name.endsWith('.new')) continue;
      const half = join(folder, name);
      const found = await stat(half).catch(() => undefined);
      if (found !== undefined && Date.now() - found.mtimeMs > LEFT_BEHIND_MS) {
        await unlink(half).catch(() => undefined);
      }
    }
  }
}

async function writeThrough(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Syncs the folder, so that the new name survives a power failure. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

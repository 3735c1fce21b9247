import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';

/** One entry of an archive, in the order and under the name given. */
export type ArchiveEntry = readonly [
  name: string,
  content: string | Buffer,
  more?: Partial<Omit<Header, 'name'>>,
];

/** A tar of exactly these entries, whatever they are. */
export async function tarOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, content, more = {}] of entries) {
    const header = { name, mtime: new Date(0), ...more };
    const link = more.type !== undefined && more.type !== 'file';
    if (link) tar.entry({ linkname: '/etc/passwd', ...header });
    else tar.entry(header, Buffer.from(content));
  }
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The tar of these entries, zipped. */
export async function archiveOf(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  return gzipSync(await tarOf(entries));
}

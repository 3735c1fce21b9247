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

/** A header block and content as bytes, for what no packer would make. `size` is what the header says. */
export function rawEntry(
  name: string,
  content: string | Buffer,
  { type = '0', size }: { readonly type?: string; readonly size?: number | string } = {},
): Buffer {
  const body = Buffer.from(content);
  const header = Buffer.alloc(512);
  const said = size ?? body.length;
  header.write(name, 0, 100, 'latin1');
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  header.write(
    typeof said === 'string' ? said : `${said.toString(8).padStart(11, '0')}\0`,
    124,
    12,
    'latin1',
  );
  header.write('00000000000\0', 136, 'latin1');
  header.write(type, 156, 1, 'latin1');
  header.write('ustar\0' + '00', 257, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 8, 'latin1');
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512);
  return Buffer.concat([header, body, padding]);
}

/** A pax record: its length counts itself. */
export function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return `${String(length)}${rest}`;
}

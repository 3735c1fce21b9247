import { extract, type Header } from 'tar-stream';
import { endOfTar, TarBounds } from './bounds.js';
import { readGzipMember } from './gzip-member.js';
import { BundleMembers, normalisePath, type BundleLimits } from './members.js';
import { BundleRefused } from './refused.js';

/** Unpacks a gzipped tar in memory. Throws BundleRefused. */
export async function readArchive(bytes: Buffer, limits: BundleLimits): Promise<BundleMembers> {
  const archive = await inflate(bytes, limits);
  const members = new BundleMembers(limits);
  const bounds = new TarBounds(archive);
  const entries = extract();
  try {
    // Zeros behind the end mark may be as long as the limit, and the parser looks at each block of them.
    entries.end(archive.subarray(0, endOfTar(archive)));
    for await (const entry of entries) await readEntry(members, bounds, entry.header, entry);
    bounds.end();
  } catch (error) {
    throw error instanceof BundleRefused
      ? error
      : new BundleRefused('unreadable', ['the archive is not a whole tar'], error);
  }
  return members;
}

async function inflate(bytes: Buffer, limits: BundleLimits): Promise<Buffer> {
  if (bytes.length > limits.compressedBytes) {
    throw new BundleRefused('over_limit', [
      `more than ${String(limits.compressedBytes)} bytes compressed`,
    ]);
  }
  // Headers and padding of each entry need room in addition to its content.
  return readGzipMember(bytes, limits.unpackedBytes + limits.entries * 2048);
}

async function readEntry(
  members: BundleMembers,
  bounds: TarBounds,
  header: Header,
  content: AsyncIterable<unknown>,
): Promise<void> {
  const folder = header.type === 'directory';
  bounds.entry(header, folder);
  members.admit(header.name, folder ? 0 : header.size);
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  if (folder) {
    if (!/^\.?\/?$/.test(header.name)) normalisePath(header.name.replace(/\/$/, ''));
    return;
  }
  if (header.type !== 'file') {
    // Null for a kind unknown to tar-stream, which its types omit.
    const what = (header.type as string | null) ?? 'entry of an unknown type (sparse, for example)';
    throw new BundleRefused('unsafe_member', [`${header.name} is a ${what}`]);
  }
  members.add(header.name, Buffer.concat(chunks));
}

import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { BundleMembers, type BundleLimits } from './members.js';
import { BundleRefused } from './refused.js';

const unzip = promisify(gunzip);

/** Unpacks a gzipped tar in memory. Throws BundleRefused. */
export async function readArchive(bytes: Buffer, limits: BundleLimits): Promise<BundleMembers> {
  const archive = await inflate(bytes, limits);
  const members = new BundleMembers(limits);
  const entries = extract();
  try {
    entries.end(archive);
    for await (const entry of entries) await readEntry(members, entry.header, entry);
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
  // Headers and padding of each entry take room beside its content.
  const room = limits.unpackedBytes + limits.entries * 2048;
  try {
    return await unzip(bytes, { maxOutputLength: room });
  } catch (error) {
    const over = error instanceof RangeError;
    throw over
      ? new BundleRefused('over_limit', ['too large when unpacked'], error)
      : new BundleRefused('unreadable', ['the archive is not gzip, or is cut short'], error);
  }
}

async function readEntry(
  members: BundleMembers,
  header: Header,
  content: AsyncIterable<unknown>,
): Promise<void> {
  members.admit(header.name, header.size);
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  if (header.type === 'directory') return;
  if (header.type !== 'file' && header.type !== 'contiguous-file') {
    throw new BundleRefused('unsafe_member', [`${header.name} is a ${header.type}`]);
  }
  members.add(header.name, Buffer.concat(chunks));
}

// Reads the tar.gz that `opa build` writes. Node's own modules only.
import { gunzipSync } from 'node:zlib';

const BLOCK = 512;

/** The regular files of a ustar archive, as a Map of path (without a leading slash) to bytes. */
export function untar(compressed) {
  const bytes = gunzipSync(compressed);
  const members = new Map();
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0;) {
    const size = Number.parseInt(text(bytes, at + 124, 12), 8);
    if (!Number.isSafeInteger(size)) throw new Error('the archive is not one opa build writes');
    const type = text(bytes, at + 156, 1);
    const name = text(bytes, at, 100).replace(/^\/+/, '');
    if (type === '' || type === '0') {
      members.set(name, bytes.subarray(at + BLOCK, at + BLOCK + size));
    }
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

function text(bytes, at, length) {
  const end = bytes.indexOf(0, at);
  return bytes.toString('utf8', at, end === -1 ? at + length : Math.min(end, at + length)).trim();
}

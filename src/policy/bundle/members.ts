import { createHash } from 'node:crypto';
import { BundleRefused } from './refused.js';

/** Limits that are enforced before and during unpacking. */
export interface BundleLimits {
  readonly compressedBytes: number;
  readonly unpackedBytes: number;
  readonly entries: number;
  readonly pathChars: number;
}

export const DEFAULT_BUNDLE_LIMITS: BundleLimits = {
  compressedBytes: 16 * 1024 * 1024,
  unpackedBytes: 64 * 1024 * 1024,
  entries: 1000,
  pathChars: 256,
};

/** Files of a bundle by normalised path, within the limits and without duplicates. */
export class BundleMembers {
  private readonly files = new Map<string, Buffer>();
  private readonly names = new Map<string, string>();
  private entries = 0;
  private bytes = 0;

  constructor(private readonly limits: BundleLimits) {}

  /** Counts one entry of any kind before its content is read. Throws BundleRefused. */
  admit(name: string, sizeBytes: number): void {
    this.entries += 1;
    this.bytes += sizeBytes;
    if (this.entries > this.limits.entries) {
      throw new BundleRefused('over_limit', [`more than ${String(this.limits.entries)} entries`]);
    }
    if (this.bytes > this.limits.unpackedBytes) {
      throw new BundleRefused('over_limit', [
        `more than ${String(this.limits.unpackedBytes)} bytes unpacked`,
      ]);
    }
    if (name.length > this.limits.pathChars) {
      throw new BundleRefused('over_limit', [
        `a path of more than ${String(this.limits.pathChars)} characters`,
      ]);
    }
  }

  add(name: string, content: Buffer): void {
    const path = normalisePath(name);
    if (this.files.has(path)) throw new BundleRefused('unsafe_member', [`${path} occurs twice`]);
    this.files.set(path, content);
    this.names.set(path, name.replace(/^\//, ''));
  }

  /** Returns the name of a file in a signature: as written in the archive, without a leading slash. */
  nameOf(path: string): string {
    return this.names.get(path) ?? path;
  }

  get(path: string): Buffer | undefined {
    return this.files.get(path);
  }

  paths(): string[] {
    return [...this.files.keys()].sort();
  }

  /** Returns every file by path, sorted by path. */
  all(): ReadonlyMap<string, Buffer> {
    return new Map([...this.files].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Returns `sha256:` and hex over every path and content, independent of the archive. */
  digest(): string {
    const hash = createHash('sha256');
    for (const path of this.paths()) {
      const content = createHash('sha256')
        .update(this.files.get(path) ?? '')
        .digest('hex');
      hash.update(`${path}\0${content}\n`);
    }
    return `sha256:${hash.digest('hex')}`;
  }
}

/** Normalises `/a/b` and `./a/b` to `a/b`. Throws BundleRefused for a path that could point elsewhere. */
export function normalisePath(name: string): string {
  const path = name.replace(/^(?:\.?\/)/, '');
  const segments = path.split('/');
  const unsafe = segments.some((s) => s === '' || s === '.' || s === '..');
  if (unsafe || path.includes('\\') || /\p{Cc}/u.test(path)) {
    throw new BundleRefused('unsafe_member', [`the path ${JSON.stringify(name)} is not allowed`]);
  }
  return path;
}

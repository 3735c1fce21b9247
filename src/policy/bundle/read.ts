import { open, stat } from 'node:fs/promises';
import { readArchive } from './archive.js';
import { readData } from './data.js';
import { readDirectory } from './directory.js';
import {
  compilerVersion,
  readManifest,
  SEQUENCE_KEY,
  sequenceOf,
  type BundleManifest,
} from './manifest.js';
import {
  DEFAULT_BUNDLE_LIMITS,
  normalisePath,
  type BundleLimits,
  type BundleMembers,
} from './members.js';
import { BundleRefused } from './refused.js';
import type { Verification } from './signature/keys.js';
import { verifySignature } from './signature/verify.js';

/** A bundle whose form was checked. Nothing of it has run yet. */
export interface Bundle {
  readonly revision: string;
  /** `sha256:` and hex over the unpacked members: the same content has the same digest in any archive. */
  readonly digest: string;
  readonly opaVersion: string;
  /** The compiled module of each entrypoint the manifest names. */
  readonly modules: ReadonlyMap<string, Uint8Array>;
  /** JSON text of the data, an object. */
  readonly data: Uint8Array;
  /** `metadata["countersign.sequence"]`: what freshness is judged by; 0 when there is none. */
  readonly sequence: number;
  /** Id of the key whose signature held; undefined when none was looked for. */
  readonly signedBy: string | undefined;
  /** The Rego it was compiled from, by path, when the build put it in (`sources/<path>.txt`): WASM cannot be read. */
  readonly sources: ReadonlyMap<string, string>;
  /** Its own test cases, JSON texts by path (`cases/<name>.json`). */
  readonly cases: ReadonlyMap<string, string>;
  /** Every file by path, as they were read: what the digest is over, and what `packArchive` takes. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface BundleOptions {
  readonly limits?: BundleLimits;
  /** `off` takes every bundle as it is, signed or not; otherwise only one that a configured key signed. */
  readonly verification: Verification | 'off';
}

/** Reads an OPA bundle from a folder or a tar.gz file. Throws BundleRefused, and nothing else. */
export async function readBundle(path: string, options: BundleOptions): Promise<Bundle> {
  const limits = options.limits ?? DEFAULT_BUNDLE_LIMITS;
  try {
    const folder = (await stat(path)).isDirectory();
    const members = folder
      ? await readDirectory(path, limits)
      : await readArchive(await readFileWithin(path, limits.compressedBytes), limits);
    return toBundle(members, options);
  } catch (error) {
    if (error instanceof BundleRefused) throw error;
    throw new BundleRefused('unreadable', [`${path} cannot be read`], error);
  }
}

/** Reads an OPA bundle from the bytes of a tar.gz. Throws BundleRefused, and nothing else. */
export async function readBundleArchive(
  archive: Uint8Array,
  options: BundleOptions,
): Promise<Bundle> {
  const limits = options.limits ?? DEFAULT_BUNDLE_LIMITS;
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  return toBundle(await readArchive(bytes, limits), options);
}

async function readFileWithin(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    if ((await handle.stat()).size > maxBytes) {
      throw new BundleRefused('over_limit', [`more than ${String(maxBytes)} bytes compressed`]);
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function toBundle(members: BundleMembers, { verification }: BundleOptions): Bundle {
  if (members.paths().some((path) => /(^|\/)patch\.json$/.test(path))) {
    throw new BundleRefused('manifest_invalid', ['delta bundles are not supported']);
  }
  // Before anything is parsed that somebody else may have written.
  const signedBy = verification === 'off' ? undefined : verifySignature(members, verification);
  const manifest = readManifest(members);
  const sequence = sequenceOf(manifest);
  if (signedBy !== undefined && sequence < 1) {
    throw new BundleRefused('manifest_invalid', [
      `metadata["${SEQUENCE_KEY}"] must be 1 or more when signatures are required: an old bundle stays signed`,
    ]);
  }
  const opaVersion = compilerVersion(manifest);
  return {
    revision: manifest.revision,
    digest: members.digest(),
    opaVersion,
    modules: readModules(manifest, members),
    data: readData(members),
    sequence,
    signedBy,
    sources: textsOf(members, SOURCE),
    cases: textsOf(members, CASE),
    files: members.all(),
  };
}

/** Carried texts. Nothing here runs or is data to OPA, and a signature covers them like every other file. */
const SOURCE = /^sources\/(.+\.rego)\.txt$/;
const CASE = /^cases\/(.+\.json)$/;

function textsOf(members: BundleMembers, pattern: RegExp): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const path of members.paths()) {
    const name = pattern.exec(path)?.[1];
    if (name !== undefined)
      found.set(name, (members.get(path) ?? Buffer.alloc(0)).toString('utf8'));
  }
  return found;
}

function readModules(manifest: BundleManifest, members: BundleMembers): Map<string, Uint8Array> {
  const modules = new Map<string, Uint8Array>();
  for (const { entrypoint, module } of manifest.wasm) {
    const wasm = members.get(normalisePath(module));
    if (wasm === undefined) {
      throw new BundleRefused('wasm_invalid', [`the manifest names ${module}, which is not there`]);
    }
    if (modules.has(entrypoint)) {
      throw new BundleRefused('manifest_invalid', [`the entrypoint ${entrypoint} is there twice`]);
    }
    modules.set(entrypoint, wasm);
  }
  return modules;
}

import { stat } from 'node:fs/promises';
import { readArchive } from './archive.js';
import { readArchiveFile, unreadable } from './archive-file.js';
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
import { policyModule, type PolicyModule } from './policy-module.js';
import { BundleRefused } from './refused.js';
import type { Verification } from './signature/keys.js';
import { verifySignature } from './signature/verify.js';

/** A bundle with a validated form. None of its code has run yet. */
export interface Bundle {
  readonly revision: string;
  /** `sha256:` and hex over the unpacked members, so the digest does not depend on the archive. */
  readonly digest: string;
  readonly opaVersion: string;
  /** Compiled module of each entrypoint of the manifest. */
  readonly modules: ReadonlyMap<string, PolicyModule>;
  /** JSON text of the data, an object. */
  readonly data: Uint8Array;
  /** `metadata["countersign.sequence"]`, which orders bundles by age; 0 when absent. */
  readonly sequence: number;
  /** Id of the key that verified the signature; undefined when verification is off. */
  readonly signedBy: string | undefined;
  /** Rego sources by path, if the build included them (`sources/<path>.txt`). */
  readonly sources: ReadonlyMap<string, string>;
  /** Test cases of the bundle, JSON texts by path (`cases/<name>.json`). */
  readonly cases: ReadonlyMap<string, string>;
  /** Every file by path, unchanged: the content of the digest and the input of `packArchive`. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface BundleOptions {
  readonly limits?: BundleLimits;
  /** `off` accepts every bundle, signed or not; otherwise a configured key must have signed it. */
  readonly verification: Verification | 'off';
}

/** Reads an OPA bundle from a folder or a tar.gz file. Throws only BundleRefused. */
export async function readBundle(path: string, options: BundleOptions): Promise<Bundle> {
  const limits = options.limits ?? DEFAULT_BUNDLE_LIMITS;
  try {
    const folder = (await stat(path)).isDirectory();
    const members = folder
      ? await readDirectory(path, limits)
      : await readArchive(await readArchiveFile(path, limits.compressedBytes), limits);
    return toBundle(members, options);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Reads an OPA bundle from the bytes of a tar.gz. Throws only BundleRefused. */
export async function readBundleArchive(
  archive: Uint8Array,
  options: BundleOptions,
): Promise<Bundle> {
  const limits = options.limits ?? DEFAULT_BUNDLE_LIMITS;
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength);
  return toBundle(await readArchive(bytes, limits), options);
}

function toBundle(members: BundleMembers, { verification }: BundleOptions): Bundle {
  if (members.paths().some((path) => /(^|\/)patch\.json$/.test(path))) {
    throw new BundleRefused('manifest_invalid', ['delta bundles are not supported']);
  }
  // Before parsing bytes from an untrusted source.
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

/**
 * Path of a source file.
 * OPA treats it as neither code nor data, and a signature covers it like any other file.
 */
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

function readModules(manifest: BundleManifest, members: BundleMembers): Map<string, PolicyModule> {
  const modules = new Map<string, PolicyModule>();
  const byFile = new Map<Buffer, PolicyModule>();
  for (const { entrypoint, module } of manifest.wasm) {
    const wasm = members.get(normalisePath(module));
    if (wasm === undefined) {
      throw new BundleRefused('wasm_invalid', [`the manifest names ${module}, which is missing`]);
    }
    if (modules.has(entrypoint)) {
      throw new BundleRefused('manifest_invalid', [`the entrypoint ${entrypoint} occurs twice`]);
    }
    const made = byFile.get(wasm) ?? policyModule(wasm);
    byFile.set(wasm, made);
    modules.set(entrypoint, made);
  }
  return modules;
}

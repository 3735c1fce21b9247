import { webcrypto } from 'node:crypto';
import type { BundleDescription } from '../../use-cases/policy/ports.js';
import type { PolicyConfig } from '../../config/policy.js';
import { CountersignError } from '../../domain/errors.js';
import type { Bundle } from '../../policy/bundle/read.js';
import { readBundleInThread, type ReadFor } from '../../policy/bundle/read-in-thread.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { verificationFor } from './verification.js';

/** Reads bundles and verifies them as configured. */
export interface BundleOpener {
  /** Opens a bundle. Throws BundleRefused. */
  readonly open: (archive: Uint8Array) => Promise<Bundle>;
  /** Returns the description in a bundle. Throws CountersignError `bundle_refused`. */
  readonly describe: (archive: Uint8Array) => Promise<BundleDescription>;
}

/** Creates an opener that caches the last bundle, since a described bundle is mostly prepared next. */
export function createBundleOpener(policy: PolicyConfig): BundleOpener {
  const options = { verification: verificationFor(policy) };
  let last: { readonly hash: string; readonly bundle: Promise<Bundle> } | undefined;
  const open = async (archive: Uint8Array, reader: ReadFor): Promise<Bundle> => {
    const hash = await hashOf(archive);
    if (last?.hash === hash) return last.bundle;
    const bundle = readBundleInThread(archive, options, undefined, reader);
    last = { hash, bundle };
    // A failure is not cached: the thread may fail once only.
    bundle.catch(() => {
      if (last?.bundle === bundle) last = undefined;
    });
    return bundle;
  };
  return {
    open: (archive) => open(archive, 'node'),
    async describe(archive) {
      const { digest, revision, sequence, opaVersion, modules, signedBy } = await open(
        archive,
        'caller',
      ).catch((error: unknown) => {
        throw refusalOf(error);
      });
      return {
        ...{ digest, revision, sequence, opa_version: opaVersion },
        entrypoints: [...modules.keys()],
        size_bytes: archive.byteLength,
        ...(signedBy === undefined ? {} : { signed_by: signedBy }),
      };
    },
  };
}

/** Hashes in a thread of the library: an archive has megabytes. */
async function hashOf(archive: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest('SHA-256', archive)).toString('hex');
}

/** Converts BundleRefused to its public form; returns other errors unchanged. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof BundleRefused)) return error;
  const problems = error.problems.map((message) => ({
    pointer: '',
    message: `${error.code}: ${message}`,
  }));
  return new CountersignError('bundle_refused', 'The bundle was refused.', { problems });
}

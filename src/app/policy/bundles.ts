import { createHash } from 'node:crypto';
import type { BundleDescription } from '../../use-cases/policy/ports.js';
import type { PolicyConfig } from '../../config/policy.js';
import { CountersignError } from '../../domain/errors.js';
import type { Bundle } from '../../policy/bundle/read.js';
import { readBundleInThread } from '../../policy/bundle/read-in-thread.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { verificationFor } from './verification.js';

/** Reads, and verifies as configured, the bytes of bundles. */
export interface BundleOpener {
  /** Throws BundleRefused. */
  readonly open: (archive: Uint8Array) => Promise<Bundle>;
  /** What a bundle says of itself. Throws CountersignError `bundle_refused`. */
  readonly describe: (archive: Uint8Array) => Promise<BundleDescription>;
}

/** Remembers the last one: what is described is mostly made ready next. */
export function createBundleOpener(policy: PolicyConfig): BundleOpener {
  const options = { verification: verificationFor(policy) };
  let last: { readonly hash: string; readonly bundle: Promise<Bundle> } | undefined;
  const open = (archive: Uint8Array): Promise<Bundle> => {
    const hash = createHash('sha256').update(archive).digest('hex');
    if (last?.hash === hash) return last.bundle;
    const bundle = readBundleInThread(archive, options);
    last = { hash, bundle };
    // Only what was read is worth remembering: a thread may fail once and not again.
    bundle.catch(() => {
      if (last?.bundle === bundle) last = undefined;
    });
    return bundle;
  };
  return {
    open,
    async describe(archive) {
      const { digest, revision, sequence, opaVersion, modules, signedBy } = await open(
        archive,
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

/** A refused bundle as the outside sees it; anything else as it is. */
function refusalOf(error: unknown): unknown {
  if (!(error instanceof BundleRefused)) return error;
  const problems = error.problems.map((message) => ({
    pointer: '',
    message: `${error.code}: ${message}`,
  }));
  return new CountersignError('bundle_refused', 'The bundle cannot be taken.', { problems });
}

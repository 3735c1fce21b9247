import type { DescribeBundle } from '../../authorize/policy/ports.js';
import type { PolicyConfig } from '../../config/policy.js';
import { CountersignError } from '../../domain/errors.js';
import { readBundleArchive, type Bundle } from '../../policy/bundle/read.js';
import { BundleRefused } from '../../policy/bundle/refused.js';
import { verificationFor } from './verification.js';

/** Reads, and verifies as configured, the bytes of a bundle. Throws BundleRefused. */
export function openBundle(policy: PolicyConfig): (archive: Uint8Array) => Promise<Bundle> {
  const options = { verification: verificationFor(policy) };
  return (archive) => readBundleArchive(archive, options);
}

/** What a bundle says of itself. Throws CountersignError `bundle_refused`. */
export function describeBundle(policy: PolicyConfig): DescribeBundle {
  const open = openBundle(policy);
  return async (archive) => {
    const bundle = await open(archive).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const { digest, revision, sequence, opaVersion, modules, signedBy } = bundle;
    return {
      ...{ digest, revision, sequence, opa_version: opaVersion },
      entrypoints: [...modules.keys()],
      size_bytes: archive.byteLength,
      ...(signedBy === undefined ? {} : { signed_by: signedBy }),
    };
  };
}

/** A refused bundle as the outside sees it; anything else as it is. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof BundleRefused)) return error;
  const problems = error.problems.map((message) => ({
    pointer: '',
    message: `${error.code}: ${message}`,
  }));
  return new CountersignError('bundle_refused', 'The bundle cannot be taken.', { problems });
}

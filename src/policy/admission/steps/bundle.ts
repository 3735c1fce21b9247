import { readBundleArchive, type Bundle } from '../../bundle/read.js';
import { BundleRefused } from '../../bundle/refused.js';
import type { AdmissionOptions } from '../options.js';
import type { Found } from '../step-runner.js';

/**
 * Runs step `bundle`: limits, manifest, compiler, required signature, and sequence.
 * Throws BundleRefused.
 */
export async function openBundle(
  archive: Uint8Array,
  options: AdmissionOptions,
  identify: (identity: { readonly digest: string; readonly revision: string }) => void,
): Promise<Found<Bundle>> {
  const bundle = await readBundleArchive(archive, options.bundle);
  const { digest, revision, sequence, opaVersion, files } = bundle;
  identify({ digest, revision });
  const highest = options.highestSequence ?? 0;
  if (sequence < highest) {
    throw new BundleRefused('downgrade', [
      `its sequence is ${String(sequence)}, and ${String(highest)} was already active`,
    ]);
  }
  const detail =
    `${String(files.size)} files, ${String(archive.length)} bytes packed, compiled by OPA ${opaVersion}, ` +
    `sequence ${String(sequence)}`;
  return { value: bundle, detail };
}

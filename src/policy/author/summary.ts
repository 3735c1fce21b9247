import type { BuildSummary } from '../../domain/policy-author.js';
import type { BuiltBundle } from './build.js';

/** Summarises a built bundle for reports. */
export function buildSummary({ bundle, files, archive }: BuiltBundle): BuildSummary {
  return {
    revision: bundle.revision,
    digest: bundle.digest,
    opa_version: bundle.opaVersion,
    sequence: bundle.sequence,
    entrypoints: [...bundle.modules.keys()],
    size_bytes: archive.byteLength,
    files: [...files.keys()],
  };
}

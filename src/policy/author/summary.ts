import type { BuiltBundle } from './build.js';

/** What is told of a bundle that was built. Wire names. */
export interface BuildSummary {
  readonly revision: string;
  readonly digest: string;
  readonly opa_version: string;
  /** 0: not stamped. */
  readonly sequence: number;
  readonly entrypoints: readonly string[];
  /** Of the archive, in bytes. */
  readonly size_bytes: number;
  readonly files: readonly string[];
}

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

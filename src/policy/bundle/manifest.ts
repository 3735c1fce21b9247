import { compileCheck } from '../../schema/compile.js';
import type { BundleMembers } from './members.js';
import { BundleRefused } from './refused.js';

/** The part of OPA's `.manifest` that the engine reads. */
export interface BundleManifest {
  readonly revision: string;
  readonly roots?: readonly string[];
  readonly wasm: readonly { readonly entrypoint: string; readonly module: string }[];
  readonly rego_version?: number;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Metadata key of the manifest: the OPA version that compiled the bundle. */
export const COMPILER_KEY = 'countersign.opa_version';
/**
 * Metadata key of the manifest: the sequence.
 * A whole number that rises with each release of one policy.
 */
export const SEQUENCE_KEY = 'countersign.sequence';
/** Matches every path that OPA would read as a manifest. */
const ANOTHER = /\.manifest(?:\.pb)?$/;
// A byte order mark is kept and then is not JSON, as in OPA.
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const OLDEST_COMPILER = [1, 20, 0] as const;

/** What the engine demands of a manifest. Other members are OPA's. */
export const MANIFEST_SCHEMA = {
  type: 'object',
  required: ['revision', 'wasm'],
  properties: {
    revision: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:+/=-]{0,127}$' },
    roots: { type: 'array', items: { type: 'string' } },
    wasm: {
      type: 'array',
      items: {
        type: 'object',
        required: ['entrypoint', 'module'],
        properties: { entrypoint: { type: 'string' }, module: { type: 'string' } },
      },
    },
    rego_version: { type: 'integer' },
    metadata: { type: 'object' },
  },
};
const check = compileCheck<BundleManifest>(MANIFEST_SCHEMA);

/** Reads and checks `.manifest`. Throws BundleRefused. */
export function readManifest(members: BundleMembers): BundleManifest {
  const file = members.get('.manifest');
  if (file === undefined) throw new BundleRefused('manifest_invalid', ['.manifest is missing']);
  const other = members.paths().find((path) => path !== '.manifest' && ANOTHER.test(path));
  if (other !== undefined) {
    throw new BundleRefused('manifest_invalid', [`${other} is a second manifest`]);
  }
  let document: unknown;
  try {
    document = JSON.parse(STRICT_UTF8.decode(file));
  } catch (error) {
    throw new BundleRefused('manifest_invalid', ['.manifest is not JSON'], error);
  }
  const checked = check(document);
  if (!checked.ok) {
    throw new BundleRefused(
      'manifest_invalid',
      checked.problems.map(({ pointer, message }) => `.manifest${pointer}: ${message}`),
    );
  }
  return checked.value;
}

/**
 * Returns the stamped compiler version.
 * Compilers before 1.20.0 made WASM that corrupts its memory, so an older or a missing version is refused. Throws
 * BundleRefused.
 */
export function compilerVersion(manifest: BundleManifest): string {
  const stamped = manifest.metadata?.[COMPILER_KEY];
  if (typeof stamped !== 'string') {
    throw new BundleRefused('compiler_too_old', [
      `metadata["${COMPILER_KEY}"] does not name the OPA version that compiled the bundle`,
    ]);
  }
  const parts = /^([0-9]{1,6})\.([0-9]{1,6})\.([0-9]{1,6})(-[0-9A-Za-z.-]+)?$/.exec(stamped);
  if (parts === null || isOlder(parts.slice(1, 4).map(Number), parts[4] !== undefined)) {
    throw new BundleRefused('compiler_too_old', [
      `compiled by OPA ${stamped}; 1.20.0 or newer is needed`,
    ]);
  }
  return stamped;
}

/** Returns the stamped sequence, 0 when absent. Throws BundleRefused for anything but a whole number. */
export function sequenceOf(manifest: BundleManifest): number {
  const stamped = manifest.metadata?.[SEQUENCE_KEY] ?? 0;
  if (Number.isSafeInteger(stamped) && Number(stamped) >= 0) return Number(stamped);
  throw new BundleRefused('manifest_invalid', [
    `metadata["${SEQUENCE_KEY}"] must be a whole number, 0 or more`,
  ]);
}

function isOlder(version: readonly number[], prerelease: boolean): boolean {
  for (const [i, oldest] of OLDEST_COMPILER.entries()) {
    const part = version[i] ?? 0;
    if (part !== oldest) return part < oldest;
  }
  return prerelease;
}

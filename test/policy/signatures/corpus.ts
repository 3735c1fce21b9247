import type { SignatureAlg } from '../../../src/policy/bundle/signature/algorithms.js';
import { archiveOf, type ArchiveEntry } from '../../support/bundles/archive.js';
import {
  opaSign,
  signingKey,
  signingKeys,
  type SigningKey,
} from '../../support/bundles/signing.js';

/** One bundle of the corpus. */
export interface Case {
  readonly name: string;
  readonly archive: Buffer;
  /** The key that is configured for it; absent: the one the signature names. */
  readonly keyId?: string;
  /** Name of a row of the table in docs/policy/bundles.md when our verdict is not OPA's. */
  readonly difference?: string;
}

export interface ConfiguredKey extends SigningKey {
  readonly scope?: string;
}

const byAlg = signingKeys();

/** The keys that both sides are configured with, by id: one per algorithm, one that signed nothing, one with a scope. */
export const KEYS: ReadonlyMap<string, ConfiguredKey> = new Map<string, ConfiguredKey>([
  ...[...byAlg].map(([alg, key]) => [alg.toLowerCase(), key] as const),
  ['other', signingKey('ES256')],
  ['scoped', { ...keyOf('ES256'), scope: 'write' }],
]);

export function keyOf(alg: SignatureAlg): SigningKey {
  const key = byAlg.get(alg);
  if (key === undefined) throw new Error(`no key of ${alg}`);
  return key;
}

export const ES256 = keyOf('ES256');
export const MANIFEST = {
  revision: 'r1',
  roots: [''],
  wasm: [{ entrypoint: 'countersign/decision', module: '/policy.wasm' }],
  metadata: { 'countersign.opa_version': '1.22.2', 'countersign.sequence': 1 },
};

/** The members of a small bundle; `data` and `more` in the place of or after its own. */
export function members(
  data = '{"a":{"b":1}}',
  more: readonly ArchiveEntry[] = [],
): ArchiveEntry[] {
  return [
    ['/data.json', data],
    ['/policy.wasm', '\0asm\u0001'],
    ['/sources/p.rego.txt', 'package p'],
    ['/.manifest', JSON.stringify(MANIFEST)],
    ...more,
  ];
}

/** The bundle with a signature file next to its members. */
export function signedArchive(
  entries: readonly ArchiveEntry[],
  signatures: string,
): Promise<Buffer> {
  return archiveOf([...entries, ['/.signatures.json', signatures]]);
}

/** Signed by the real `opa sign` with the ES256 key, and what was signed changed afterwards. */
export async function changedAfter(
  name: string,
  change: (entries: ArchiveEntry[]) => readonly ArchiveEntry[],
  more: Partial<Case> & { readonly signed?: readonly ArchiveEntry[] } = {},
): Promise<Case> {
  const { signed = members(), ...rest } = more;
  const archive = await signedArchive(change([...signed]), await opaSign(signed, ES256));
  return { name, archive, keyId: 'es256', ...rest };
}

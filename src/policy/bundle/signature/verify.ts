import { createHash } from 'node:crypto';
import type { BundleMembers } from '../members.js';
import { BundleRefused } from '../refused.js';
import { signatureHolds } from './algorithms.js';
import { hashedText } from './document.js';
import type { Verification, VerificationKey } from './keys.js';
import { readSignatures, TokenMalformed, type SignatureToken, type SignedFile } from './token.js';

export const SIGNATURES_FILE = '.signatures.json';

/**
 * Hashes accepted for files, by OPA's name.
 * OPA also accepts MD5, SHA-1 and hashes truncated to 224 bits.
 */
const HASHES: Readonly<Record<string, string>> = {
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
  'SHA-512-256': 'sha512-256',
};

/**
 * Verifies the signature of a bundle as OPA does (`v1/bundle/verify.go`).
 * A configured key must have signed exactly the present files, each with its present content. Returns the key's id.
 * Throws BundleRefused.
 */
export function verifySignature(members: BundleMembers, verification: Verification): string {
  const file = members.get(SIGNATURES_FILE);
  if (file === undefined) {
    throw new BundleRefused('signature_required', [
      `signatures are required, and there is no ${SIGNATURES_FILE}: sign the bundle with opa sign`,
    ]);
  }
  try {
    const token = readSignatures(file);
    const key = keyFor(token, verification);
    if (!signatureHolds(key.alg, key.key, token.signed, token.signature)) {
      throw refused(`the signature is not one by the key ${key.id} with ${key.alg}`);
    }
    if ((token.claims.scope ?? '') !== key.scope) {
      throw refused(`scope is not the one configured for the key ${key.id}`);
    }
    checkFiles(members, token.claims.files);
    return key.id;
  } catch (error) {
    if (error instanceof TokenMalformed) throw refused(error.message);
    throw error;
  }
}

/** Selects the key: the configured one, else the header's `kid`, else the claim `keyid` of older OPA. */
function keyFor(token: SignatureToken, { keys, keyId }: Verification): VerificationKey {
  const fromHeader = keyId === undefined ? token.headerKeyId() : undefined;
  const id = [keyId, fromHeader, token.claims.keyid].find((one) => one !== undefined && one !== '');
  if (id === undefined) throw refused('the signature names no key, and key_id is not configured');
  const key = keys.get(id);
  if (key === undefined) throw refused(`no key ${JSON.stringify(id.slice(0, 100))} is configured`);
  return key;
}

function checkFiles(members: BundleMembers, files: readonly SignedFile[]): void {
  const signed = new Map(files.map((one) => [one.name, one]));
  if (signed.size !== files.length) throw refused('a file is in the signature twice');
  const problems: string[] = [];
  for (const path of members.paths()) {
    if (path === SIGNATURES_FILE) continue;
    const name = members.nameOf(path);
    const entry = signed.get(name);
    signed.delete(name);
    if (entry === undefined) problems.push(`${name} is not in the signature`);
    else if (!isAsSigned(path, members.get(path) ?? Buffer.alloc(0), entry)) {
      problems.push(`${name} differs from the signed file`);
    }
  }
  for (const name of signed.keys()) problems.push(`${name} was signed and is missing`);
  if (problems.length > 0) throw new BundleRefused('signature_invalid', problems.slice(0, 20));
}

function isAsSigned(path: string, content: Buffer, { hash, algorithm }: SignedFile): boolean {
  const algorithmName = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (algorithmName === undefined) {
    throw refused(`${path} is signed with ${JSON.stringify(algorithm.slice(0, 20))}: use SHA-256`);
  }
  if (!/^(?:[0-9a-f]{2})+$/i.test(hash)) return false;
  const made = createHash(algorithmName).update(hashedContent(path, content)).digest('hex');
  return made === hash.toLowerCase();
}

/** Hashes files that OPA reads as documents as such, so that their white space and order do not matter. */
function hashedContent(path: string, content: Buffer): Buffer | string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  if (!['data.json', 'data.yaml', 'data.yml', '.manifest'].includes(base)) return content;
  try {
    return hashedText(content);
  } catch (error) {
    throw new BundleRefused('signature_invalid', [`${path} is not JSON`], error);
  }
}

function refused(problem: string): BundleRefused {
  return new BundleRefused('signature_invalid', [problem]);
}

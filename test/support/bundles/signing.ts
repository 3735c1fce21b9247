import {
  constants,
  createHmac,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  SIGNATURE_ALGS,
  type SignatureAlg,
} from '../../../src/policy/bundle/signature/algorithms.js';
import { archiveOf, type ArchiveEntry } from './archive.js';
import { opa } from './opa.js';

/** A key to sign with, and what verifies with it: the two PEMs, or the secret twice. */
export interface SigningKey {
  readonly alg: SignatureAlg;
  readonly private: string;
  readonly public: string;
}

export interface SignedFileClaim {
  readonly name: string;
  readonly hash: string;
  readonly algorithm: string;
}

const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** A fresh key for the algorithm. */
export function signingKey(alg: SignatureAlg): SigningKey {
  if (alg.startsWith('HS')) {
    const secret = randomBytes(48).toString('base64url') + randomBytes(16).toString('hex');
    return { alg, private: secret, public: secret };
  }
  const pair = alg.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: CURVES[alg] ?? '' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { alg, private: pemOf(pair.privateKey, 'pkcs8'), public: pemOf(pair.publicKey, 'spki') };
}

/** One key of each algorithm that OPA takes. */
export function signingKeys(): ReadonlyMap<SignatureAlg, SigningKey> {
  return new Map(SIGNATURE_ALGS.map((alg) => [alg, signingKey(alg)]));
}

/** `.signatures.json` made by the real `opa sign` over an archive of these entries. */
export async function opaSign(
  entries: readonly ArchiveEntry[],
  key: SigningKey,
  claims?: object,
): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-sign-'));
  try {
    writeFileSync(join(dir, 'bundle.tar.gz'), await archiveOf(entries));
    writeFileSync(join(dir, 'key'), key.private);
    const args = ['sign', '--bundle', 'bundle.tar.gz', '--signing-key', 'key'];
    args.push('--signing-alg', key.alg);
    if (claims !== undefined) {
      writeFileSync(join(dir, 'claims.json'), JSON.stringify(claims));
      args.push('--claims-file', 'claims.json');
    }
    opa(args, { cwd: dir });
    return readFileSync(join(dir, '.signatures.json'), 'utf8');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The files that `opa sign` put into a signature, with its hashes. */
export function filesOf(signatures: string): SignedFileClaim[] {
  const { signatures: tokens } = JSON.parse(signatures) as { signatures: string[] };
  const payload = Buffer.from(tokens[0]?.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as { files: SignedFileClaim[] }).files;
}

/** A token over any header and payload: texts are taken as they are. */
export function tokenOf(
  header: object | string,
  payload: object | string,
  key: SigningKey,
): string {
  const parts = [header, payload].map((part) =>
    Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url'),
  );
  const signed = parts.join('.');
  return `${signed}.${signatureOf(signed, key).toString('base64url')}`;
}

function signatureOf(signed: string, { alg, private: key }: SigningKey): Buffer {
  const hash = `sha${alg.slice(2)}`;
  if (alg.startsWith('HS')) return createHmac(hash, key).update(signed).digest();
  if (alg.startsWith('ES')) {
    return sign(hash, Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  }
  const padding = alg.startsWith('PS')
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING };
  return sign(hash, Buffer.from(signed), { key, ...padding });
}

function pemOf(key: KeyObject, type: 'pkcs8' | 'spki'): string {
  return key.export({ type, format: 'pem' }).toString();
}

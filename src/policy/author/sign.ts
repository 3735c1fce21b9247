import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SIGNING_ALGORITHMS } from '../../domain/policy-author.js';
import { AuthorFailed } from './failed.js';
import { linesOf, writeFiles, type Workspace } from './workspace.js';

/** Path of the signature file in a bundle. */
export const SIGNATURES_PATH = '.signatures.json';

/** Signing options of a bundle, in the terms of `opa sign`. */
export interface Signing {
  readonly algorithm: (typeof SIGNING_ALGORITHMS)[number];
  /** Path of the private key in PEM, or of the HS256 secret. */
  readonly keyFile: string;
  /** `keyid` of the signature. The verifier decides which key it selects. */
  readonly keyId?: string;
  readonly scope?: string;
}

/** Signs every file of a bundle with `opa sign`. Throws AuthorFailed. */
export async function signFiles(
  workspace: Workspace,
  files: ReadonlyMap<string, Uint8Array>,
  signing: Signing,
): Promise<Uint8Array> {
  const { algorithm, keyFile, keyId, scope } = signing;
  const top = join(workspace.folder, '..');
  await writeFiles(join(top, 'bundle'), files);
  const claims = { ...(keyId && { keyid: keyId }), ...(scope && { scope }) };
  await writeFile(join(top, 'claims.json'), JSON.stringify(claims));
  const run = await workspace.opa(
    [
      ...['sign', '-b', '.', '--signing-alg', algorithm, '--signing-key', keyFile],
      ...['--claims-file', '../claims.json', '-o', '..'],
    ],
    // The signature lists the file names as given, so they must be relative.
    { below: '../bundle' },
  );
  if (run.code !== 0) {
    throw new AuthorFailed('sources', `the key ${keyFile} cannot sign`, linesOf(run));
  }
  return readFile(join(top, SIGNATURES_PATH));
}

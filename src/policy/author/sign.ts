import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthorFailed } from './failed.js';
import { linesOf, writeFiles, type Workspace } from './workspace.js';

/** Where the signature stands in a bundle. */
export const SIGNATURES_PATH = '.signatures.json';

export const SIGNING_ALGORITHMS = ['ES256', 'RS256', 'HS256'] as const;

/** How a bundle is signed, as `opa sign` takes it. */
export interface Signing {
  readonly algorithm: (typeof SIGNING_ALGORITHMS)[number];
  /** A file with the private key in PEM, or with the secret of HS256. */
  readonly keyFile: string;
  /** `keyid` of the signature; what it is for is decided by whoever verifies. */
  readonly keyId?: string;
  readonly scope?: string;
}

/** The signature over every file of a bundle, made by `opa sign`. Throws AuthorFailed. */
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
    // Relative names: the signature lists them as they are given.
    { below: '../bundle' },
  );
  if (run.code !== 0) {
    throw new AuthorFailed('sources', `the key ${keyFile} does not sign`, linesOf(run));
  }
  return readFile(join(top, SIGNATURES_PATH));
}

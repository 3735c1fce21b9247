import { readFileSync } from 'node:fs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { opa } from '../../support/bundles/opa.js';
import { opaSign } from '../../support/bundles/signing.js';
import { KEYS, keyOf, MANIFEST, members, signedArchive, type Case } from './corpus.js';

/** Signed by the real `opa sign` with each algorithm, found by the key's id in the claims. */
export async function signedByOpa(): Promise<Case[]> {
  const cases: Case[] = [];
  for (const [id, key] of KEYS) {
    if (key.scope !== undefined) continue;
    const signatures = await opaSign(members(), key, { keyid: id });
    cases.push({
      name: `opa sign with ${key.alg} (${id})`,
      archive: await signedArchive(members(), signatures),
    });
  }
  return cases;
}

/** Compiled and signed by the real `opa build`, with the key's id in the header. */
export function builtByOpa(): Case[] {
  const dir = mkdtempSync(join(tmpdir(), 'countersign-built-'));
  const place = (path: string, text: string): void => {
    writeFileSync(join(dir, path), text);
  };
  try {
    place('p.rego', 'package countersign\n\ndefault decision := "deny"\n');
    place('data.json', '{"x":[1e2,1.0,10000000000000000000001]}');
    place('.manifest', JSON.stringify({ roots: [''], metadata: MANIFEST.metadata }));
    return (['ES256', 'RS256', 'PS384', 'HS256'] as const).map((alg) => {
      place('key', keyOf(alg).private);
      const out = join(dir, 'out.tar.gz');
      const sign = ['--signing-key', join(dir, 'key'), '--signing-alg', alg];
      const entry = ['-t', 'wasm', '-e', 'countersign/decision', '--revision', 'r1', '-o', out];
      const id = ['--verification-key-id', alg.toLowerCase()];
      opa(['build', '-b', dir, '--ignore', 'key', ...entry, ...sign, ...id]);
      return { name: `opa build signed with ${alg}`, archive: readFileSync(out) };
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

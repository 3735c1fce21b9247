import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { archiveOf, type ArchiveEntry } from '../../support/bundles/archive.js';
import { filesOf, opaSign, tokenOf, type SignedFileClaim } from '../../support/bundles/signing.js';
import { changedAfter, ES256, MANIFEST, members, signedArchive, type Case } from './corpus.js';

const same = (entries: ArchiveEntry[]): ArchiveEntry[] => entries;
const link = (name: string, type: 'symlink' | 'link' | 'fifo'): ArchiveEntry => [
  name,
  '',
  { type },
];

/** Bundles on which we differ from OPA, each under the name of its row in docs/policy/bundles.md. */
export async function differences(): Promise<Case[]> {
  const files = filesOf(await opaSign(members(), ES256));
  const good = tokenOf({}, { files }, ES256);
  const text = async (difference: string, name: string, document: string): Promise<Case> => ({
    name,
    difference,
    archive: await signedArchive(members(), document),
    keyId: 'es256',
  });
  const token = (difference: string, name: string, claims: object): Promise<Case> =>
    text(difference, name, JSON.stringify({ signatures: [tokenOf({}, claims, ES256)] }));
  const resigned = (
    difference: string,
    name: string,
    signed: readonly ArchiveEntry[],
  ): Promise<Case> => changedAfter(name, same, { signed, difference });
  const archive = await signedArchive(members(), JSON.stringify({ signatures: [good] }));
  const tar = gunzipSync(archive);
  const raw = (difference: string, name: string, bytes: Buffer): Promise<Case> =>
    Promise.resolve({
      ...{ name, difference, archive: bytes, keyId: 'es256' },
    });
  const nested = `{"x":${'['.repeat(70)}${']'.repeat(70)}}`;
  const manifest = (change: object): readonly ArchiveEntry[] =>
    members().map((e) =>
      e[0] === '/.manifest' ? [e[0], JSON.stringify({ ...MANIFEST, ...change })] : e,
    );
  return Promise.all([
    token('weak hashes', 'SHA-1', { files: rehashed(files, 'SHA-1', 'sha1') }),
    token('weak hashes', 'MD5', { files: rehashed(files, 'MD5', 'md5') }),
    token('weak hashes', 'SHA-224', { files: rehashed(files, 'SHA-224', 'sha224') }),
    token('a file signed twice', 'a name twice in the signature', { files: [...files, files[0]] }),
    token('other letters', 'FILES in capitals', { FILES: files }),
    text('other letters', 'Signatures with a capital', JSON.stringify({ Signatures: [good] })),
    text('one document', 'text after the document', `${JSON.stringify({ signatures: [good] })} x`),
    text('one document', 'a member nobody knows', JSON.stringify({ signatures: [good], more: 1 })),
    inFolder(),
    resigned('YAML', 'data as YAML', members('{}', [['/f/data.yaml', 'a: 1']])),
    changedAfter(
      'a comment after the manifest',
      (entries) =>
        entries.map((e): ArchiveEntry =>
          e[0] === '/.manifest' ? [e[0], `${String(e[1])} # x`] : e,
        ),
      { difference: 'YAML' },
    ),
    resigned('texts', 'a lone surrogate', members('{"x":"\\ud800"}')),
    resigned('texts', 'bytes that are not UTF-8', [
      ['/data.json', Buffer.from('{"x":"\xff"}', 'latin1')],
      ...members().slice(1),
    ]),
    resigned('numbers', 'a number beyond a double', members('{"x":1E400}')),
    resigned('depth', 'data nested 70 deep', members(nested)),
    resigned('links and devices', 'a symbolic link', members('{}', [link('/l', 'symlink')])),
    resigned('links and devices', 'a hard link', members('{}', [link('/l', 'link')])),
    resigned('links and devices', 'a pipe', members('{}', [link('/l', 'fifo')])),
    resigned('paths', 'a path that climbs', members('{}', [['/a/../../x', '1']])),
    resigned('paths', 'a backslash', members('{}', [['/a\\b', '1']])),
    resigned('paths', 'a path of 300 characters', members('{}', [[`/${'a'.repeat(300)}`, '1']])),
    resigned(
      'the manifest',
      'no sequence',
      manifest({ metadata: { 'countersign.opa_version': '1.22.2' } }),
    ),
    resigned('the manifest', 'no compiler', manifest({ metadata: { 'countersign.sequence': 1 } })),
    resigned(
      'the manifest',
      'an old compiler',
      manifest({ metadata: { ...MANIFEST.metadata, 'countersign.opa_version': '1.19.0' } }),
    ),
    resigned('the manifest', 'no revision', manifest({ revision: '' })),
    resigned('the manifest', 'no manifest', members().slice(0, 3)),
    raw('after the end', 'bytes after the gzip', Buffer.concat([archive, Buffer.alloc(64)])),
    raw('after the end', 'an entry after the end of the tar', gzipSync(Buffer.concat([tar, tar]))),
    raw('after the end', 'no end mark', gzipSync(tar.subarray(0, tar.length - 1024))),
    changedAfter(
      'no slashes at the front',
      (entries) => entries.map(([name, content]): ArchiveEntry => [name.slice(1), content]),
      { difference: 'module names' },
    ),
    changedAfter('signed with a dot and a slash at the front', same, {
      signed: members().map(([name, content]) => [`.${name}`, content]),
      difference: 'module names',
    }),
    resigned('Rego', 'Rego that does not parse', members('{}', [['/p.rego', 'package']])),
  ]);
}

/** Rows of the table in which it is OPA that refuses. */
export const LOOSER: ReadonlySet<string> = new Set(['Rego', 'module names']);

async function inFolder(): Promise<Case> {
  const signature: ArchiveEntry = ['/f/.signatures.json', await opaSign(members(), ES256)];
  return {
    name: 'the signature file in a folder',
    difference: 'signature at the root',
    archive: await archiveOf([...members(), signature]),
    keyId: 'es256',
  };
}

/** These files under another hash; the documents of the corpus are their own canonical text. */
function rehashed(
  files: readonly SignedFileClaim[],
  algorithm: string,
  hash: string,
): SignedFileClaim[] {
  const contents = new Map(members().map(([name, content]) => [name.slice(1), content]));
  return files.map(({ name }) => {
    const content = contents.get(name) ?? '';
    const canonical = name === '.manifest' ? sortedJson(String(content)) : content;
    return { name, algorithm, hash: createHash(hash).update(canonical).digest('hex') };
  });
}

function sortedJson(json: string): string {
  return JSON.stringify(JSON.parse(json), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

import { randomBytes } from 'node:crypto';
import { archiveOf, type ArchiveEntry } from '../../support/bundles/archive.js';
import { filesOf, opaSign, signingKey, tokenOf } from '../../support/bundles/signing.js';
import {
  changedAfter,
  ES256,
  keyOf,
  MANIFEST,
  members,
  signedArchive,
  type Case,
} from './corpus.js';

const replace =
  (name: string, content: string) =>
  (entries: ArchiveEntry[]): ArchiveEntry[] =>
    entries.map((entry) => (entry[0] === name ? [name, content] : entry));
const add =
  (...more: ArchiveEntry[]) =>
  (entries: ArchiveEntry[]): ArchiveEntry[] => [...entries, ...more];
const same = (entries: ArchiveEntry[]): ArchiveEntry[] => entries;
const data = (path: string): readonly ArchiveEntry[] => members('{"a":1}', [[path, '{"z":1}']]);

/** What somebody who has no key can do to the files of a signed bundle. */
export async function tamperedFiles(): Promise<Case[]> {
  const manifest = JSON.stringify({ ...MANIFEST, revision: 'r2' });
  return Promise.all([
    changedAfter('nothing is changed', same),
    changedAfter('the data is changed', replace('/data.json', '{"a":{"b":2}}')),
    changedAfter('the module is changed', replace('/policy.wasm', '\0asm\u0002')),
    changedAfter('white space in the module', replace('/policy.wasm', '\0asm\u0001 ')),
    changedAfter('the manifest is changed', replace('/.manifest', manifest)),
    changedAfter(
      'the manifest is written otherwise',
      replace('/.manifest', JSON.stringify(MANIFEST, null, 3)),
    ),
    changedAfter('a carried source is changed', replace('/sources/p.rego.txt', 'package q')),
    changedAfter('a file more', add(['/more.txt', 'x'])),
    changedAfter('a data file more', add(['/more/data.json', '{}'])),
    changedAfter('a file less', (entries) =>
      entries.filter(([name]) => name !== '/sources/p.rego.txt'),
    ),
    changedAfter('the data is gone', (entries) =>
      entries.filter(([name]) => name !== '/data.json'),
    ),
    changedAfter('a file is renamed', (entries) =>
      entries.map((e): ArchiveEntry =>
        e[0] === '/sources/p.rego.txt' ? ['/sources/q.rego.txt', e[1]] : e,
      ),
    ),
    changedAfter('a file twice', add(['/data.json', '{"a":{"b":1}}'])),
    changedAfter('a file twice under two spellings', add(['data.json', '{"a":{"b":1}}'])),
    changedAfter('a dot and a slash at the front', (entries) =>
      entries.map(([name, content]): ArchiveEntry => [`.${name}`, content]),
    ),
    changedAfter('data in a folder', same, { signed: data('/f/g/data.json') }),
    changedAfter(
      'data in a folder written otherwise',
      () => [...members('{ "a" :1}'), ['/f/g/data.json', '{ "z" : 1 }']],
      { signed: data('/f/g/data.json') },
    ),
    changedAfter(
      'JSON that is not data, written otherwise',
      () => members('{"a":1}', [['/cases/c.json', '{ }']]),
      { signed: members('{"a":1}', [['/cases/c.json', '{}']]) },
    ),
    changedAfter('a manifest below', same, {
      signed: members('{}', [['/f/.manifest', '{"revision":"r"}']]),
    }),
    changedAfter(
      'a byte order mark in the manifest',
      replace('/.manifest', `\ufeff${JSON.stringify(MANIFEST)}`),
    ),
    changedAfter('a byte order mark in the data', replace('/data.json', '\ufeff{"a":{"b":1}}')),
    changedAfter('another order of the entries', (entries) => entries.reverse()),
  ]);
}

/** What can be done to the signature itself. */
export async function tamperedSignatures(): Promise<Case[]> {
  const files = filesOf(await opaSign(members(), ES256));
  const good = tokenOf({ alg: 'ES256' }, { files }, ES256);
  const [header = '', payload = '', signature = ''] = good.split('.');
  const flipped = Buffer.from(signature, 'base64url');
  flipped[10] = (flipped[10] ?? 0) ^ 1;
  const der = signingKey('ES256');
  const wrap = (...tokens: readonly unknown[]): string => JSON.stringify({ signatures: tokens });
  const hmac = { ...keyOf('HS256'), private: ES256.public };
  const documents: Readonly<Record<string, string>> = {
    'a good token': wrap(good),
    'a line break after the token': wrap(`${good}\n`),
    'two tokens': wrap(good, good),
    'no token': '{"signatures":[]}',
    'an empty object': '{}',
    'signatures that are null': '{"signatures":null}',
    'a token that is a number': wrap(1),
    'not JSON': 'x',
    'an empty file': '',
    'a signature of which one bit is flipped': wrap(
      `${header}.${payload}.${flipped.toString('base64url')}`,
    ),
    'a signature cut short': wrap(good.slice(0, -4)),
    'a signature of random bytes': wrap(
      `${header}.${payload}.${randomBytes(64).toString('base64url')}`,
    ),
    'no signature': wrap(`${header}.${payload}.`),
    'two parts': wrap(`${header}.${payload}`),
    'four parts': wrap(`${good}.e30`),
    'a payload of another token': wrap(
      `${header}.${Buffer.from('{"files":[]}').toString('base64url')}.${signature}`,
    ),
    'the alg none and no signature': wrap(
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
    ),
    'a header that says none over a true signature': wrap(
      tokenOf({ alg: 'none' }, { files }, ES256),
    ),
    'a header that says RS256 over a true signature': wrap(
      tokenOf({ alg: 'RS256' }, { files }, ES256),
    ),
    'an HMAC with the public key as its secret': wrap(tokenOf({ alg: 'HS256' }, { files }, hmac)),
    'a header that is not JSON over a true signature': wrap(tokenOf('x', { files }, ES256)),
    'signed by a key nobody configured': wrap(tokenOf({ alg: 'ES256' }, { files }, der)),
    'an empty list of files': wrap(tokenOf({}, { files: [] }, ES256)),
    'no list of files': wrap(tokenOf({}, {}, ES256)),
    'files that are a text': wrap(tokenOf({}, { files: 'x' }, ES256)),
    'a hash that is not hex': wrap(
      tokenOf({}, { files: files.map((f) => ({ ...f, hash: 'zz' })) }, ES256),
    ),
    'hashes in capitals': wrap(
      tokenOf({}, { files: files.map((f) => ({ ...f, hash: f.hash.toUpperCase() })) }, ES256),
    ),
    'a hash cut short': wrap(
      tokenOf({}, { files: files.map((f) => ({ ...f, hash: f.hash.slice(0, 32) })) }, ES256),
    ),
    'no algorithm of the hash': wrap(
      tokenOf({}, { files: files.map(({ name, hash }) => ({ name, hash })) }, ES256),
    ),
    'an algorithm that nobody knows': wrap(
      tokenOf({}, { files: files.map((f) => ({ ...f, algorithm: 'sha256' })) }, ES256),
    ),
    'an algorithm named like a method': wrap(
      tokenOf({}, { files: files.map((f) => ({ ...f, algorithm: 'toString' })) }, ES256),
    ),
    'names with a slash at the front': wrap(
      tokenOf({}, { files: files.map((f) => ({ ...f, name: `/${f.name}` })) }, ES256),
    ),
    'a file that is signed and not there': wrap(
      tokenOf({}, { files: [...files, { ...files[0], name: 'z' }] }, ES256),
    ),
    'claims that nobody asked for': wrap(
      tokenOf({}, { files, iss: 'me', exp: 1, nbf: 9e9 }, ES256),
    ),
    'a scope nobody configured': wrap(tokenOf({}, { files, scope: 'write' }, ES256)),
    'an empty scope': wrap(tokenOf({}, { files, scope: '' }, ES256)),
    'a scope that is a number': wrap(tokenOf({}, { files, scope: 1 }, ES256)),
    'the name of the default plugin': JSON.stringify({ signatures: [good], plugin: '_default' }),
    'another plugin': JSON.stringify({ signatures: [good], plugin: 'mine' }),
  };
  const cases = Object.entries(documents).map(async ([name, text]): Promise<Case> => ({
    name,
    archive: await signedArchive(members(), text),
    keyId: 'es256',
  }));
  const unsigned = {
    name: 'no signature file',
    archive: await archiveOf(members()),
    keyId: 'es256',
  };
  return [...(await Promise.all(cases)), unsigned];
}

/** Which key is used, and with which scope. */
export async function keyIds(): Promise<Case[]> {
  const files = filesOf(await opaSign(members(), ES256));
  const make = async (
    name: string,
    header: object | string,
    claims: object,
    keyId?: string,
  ): Promise<Case> => ({
    name,
    archive: await signedArchive(
      members(),
      JSON.stringify({ signatures: [tokenOf(header, { files, ...claims }, ES256)] }),
    ),
    ...(keyId === undefined ? {} : { keyId }),
  });
  return Promise.all([
    make('kid of the header', { kid: 'es256' }, {}),
    make('keyid of the claims', {}, { keyid: 'es256' }),
    make('kid wins over keyid', { kid: 'es256' }, { keyid: 'other' }),
    make('a wrong kid, and a right keyid', { kid: 'other' }, { keyid: 'es256' }),
    make('an empty kid', { kid: '' }, { keyid: 'es256' }),
    make('a kid that is a number', { kid: 1 }, { keyid: 'es256' }),
    make('a kid that is null', { kid: null }, { keyid: 'es256' }),
    make('a header that is not JSON, and a keyid', 'x', { keyid: 'es256' }),
    make('a keyid that is a number', {}, { keyid: 1 }),
    make('neither kid nor keyid', {}, {}),
    make('a kid that is not configured', { kid: 'nobody' }, {}),
    make('a kid named like a method', { kid: 'toString' }, {}),
    make('the configured key wins over the kid', { kid: 'other' }, { keyid: 'other' }, 'es256'),
    make(
      'the configured key is not the one that signed',
      { kid: 'es256' },
      { keyid: 'es256' },
      'other',
    ),
    make('the configured key is of another algorithm', { kid: 'es256' }, {}, 'rs256'),
    make('the scope that is configured', {}, { scope: 'write' }, 'scoped'),
    make('another scope than is configured', {}, { scope: 'read' }, 'scoped'),
    make('no scope, and one is configured', {}, {}, 'scoped'),
    make('the scope in other letters', {}, { scope: 'Write' }, 'scoped'),
  ]);
}
